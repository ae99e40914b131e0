#include "replay/replay.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/process.h"
#include "base/random.h"
#include "base/sha256.h"
#include "cycle/reproduce.h"
#include "market/snapshot.h"
#include "replay/lineage_batch.h"
#include "replay/lineage_file.h"
#include "replay/lineage_tasks.h"
#include "replay/placed_batch.h"
#include "replay/workers.h"
#include "report/report_page.h"
#include "store/reference.h"

namespace ctt::replay {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

namespace {

// Seed 1 is the base as it is; each later one trains it again, or trains its cycles with another seed.
std::vector<SeedBase> seed_bases(const store::StateContext& context, const ReplaySettings& settings,
                                 const TrainingCache& cache) {
  const auto& origin = settings.tuning.origin;
  const auto contract = policy::load(cache.home().model(settings.base_sha256), settings.base_sha256).contract;
  std::vector<SeedBase> bases;
  for (int seed = 1; seed <= settings.seeds; ++seed) {
    SeedBase base{.request = {},
                  .parent = {settings.base_sha256, origin.base_experiment_id, contract.costs},
                  .base_seed = settings.tuning.base_seed};
    if (seed > 1)
      base.base_seed = base::derived_seed(base.base_seed, static_cast<std::uint64_t>(seed) << 32U);
    if (seed > 1 && settings.base_seeds) {
      auto request = cycle::request_of(store::experiments::get(context.database, origin.base_experiment_id),
                                       context.home);
      request.seed = base.base_seed;
      request.compute = settings.tuning.compute;
      request.snapshot_sha256 = cache.keep(request.window);
      request.experiment_id = cycle::experiment_id_of(request);
      base.parent.experiment_id = request.experiment_id;
      base.parent.costs = request.pack.environment.costs;
      base.request = std::move(request);
    }
    bases.push_back(std::move(base));
  }
  return bases;
}

// Arms that share candidates with another one come after it, when these are in the cache; the longest come first.
std::vector<std::size_t> order_of(const std::vector<LineageTask>& tasks) {
  const auto rank = [&](std::size_t index) {
    switch (tasks[index].arm) {
      case Arm::scratch:
        return 0;
      case Arm::always:
        return 1;
      case Arm::placebo:
        return 2;
      case Arm::gated:
        return 3;
      default:
        return 4;
    }
  };
  std::vector<std::size_t> order(tasks.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, rank);
  return order;
}

double return_pct(const LineageRun& lineage) {
  const auto& equity = lineage.account.equity;
  return equity.empty() ? 0 : 100 * (equity.back() / equity.front() - 1);
}

// One run of a replay: its lineages and how far they are.
class ReplayWork {
 public:
  ReplayWork(const ReplayContext& context, const store::Replay& row, const base::FileLock& lock)
      : context_(context),
        id_(row.id),
        folder_(folder_of(context.home, row.id)),
        settings_(ReplaySettings::parse(row.settings, "replay " + row.id)),
        candles_(base::read_file(folder_.candles())),
        history_(market::decode_snapshot(candles_).series, settings_.remote),
        cache_(cache_of(context.home), folder_.jobs(), lock, stoppable(context.launch)) {
    cache_.take_over(context.home, settings_.base_sha256);
    bases_ = seed_bases(context, settings_, cache_);
    tasks_ = tasks_of(settings_, bases_);
    for (const auto& task : tasks_)
      statuses_.push_back({.arm = task.arm,
                           .seed = task.seed,
                           .point = task.point,
                           .slots = trains(task.arm) ? slots_of(task).size() : 0});
    lineages_.resize(tasks_.size());
  }

  ReplayResult run() {
    write_row([&](store::Transaction& change) {
      store::replays::begin(change, id_, static_cast<std::int64_t>(tasks_.size()),
                            base::ProcessId::current().pid);
    });
    if (context_.cluster)
      work_in_cluster(*context_.cluster);
    else
      work_here();
    auto result = result_of(settings_, lineages_, history_, base::sha256(candles_), settings_.earlier);
    base::write_file_atomically(folder_.equity(), equity_csv(lineages_));
    base::write_file_atomically(folder_.trades(), trades_csv(lineages_));
    base::write_file_atomically(folder_.cycles(), cycles_csv(lineages_));
    base::write_file_atomically(folder_.report(), report::report_page(result.json));
    base::write_file_atomically(folder_.result(), result.json + "\n");
    fs::remove_all(folder_.jobs());
    end_batch(context_.home, id_);
    finish({.status = store::ReplayStatus::completed,
            .sentence = result.sentence,
            .trials = json_of(result.tried)});
    return result;
  }

  void finish(const store::replays::ReplayEnd& end) {
    write_row(
        [&](store::Transaction& change) { store::replays::finish(change, id_, end, context_.clock.now()); });
  }

 private:
  // A lineage that failed ends the trainings of the others.
  cycle::LaunchOptions stoppable(cycle::LaunchOptions options) {
    options.stop_count = [this, asked = options.stop_count] { return failed_ ? 2 : asked() > 0 ? 2 : 0; };
    return options;
  }

  template <class Change>
  void write_row(const Change& what) {
    store::Transaction change(context_.database);
    what(change);
    change.commit();
  }

  // `what` with 0 .. count - 1, `jobs` at a time; one that fails ends the trainings of the others.
  void in_threads(std::size_t count, const std::function<void(std::size_t)>& what) {
    in_parallel(
        count, context_.jobs,
        [&](std::size_t index) {
          try {
            what(index);
          } catch (...) {
            failed_ = true;
            throw;
          }
        },
        [&] { tell(); });
  }

  void work_here() {
    end_batch(context_.home, id_);
    const auto order = order_of(tasks_);
    const auto ahead = trainings_ahead(order);
    in_threads(order.size() + ahead.size(), [&](std::size_t index) {
      if (index < order.size())
        work(order[index]);
      else
        work_ahead(ahead[index - order.size()]);
    });
  }

  // A slot of a lineage whose training needs none of the earlier ones.
  struct SlotAhead {
    std::size_t task;
    std::size_t slot;
  };

  // What threads without a lineage of their own have to do: newest slots first, towards the lineage.
  std::vector<SlotAhead> trainings_ahead(const std::vector<std::size_t>& order) const {
    std::vector<SlotAhead> ahead;
    for (const auto task : order) {
      if (tasks_[task].arm != Arm::scratch) continue;
      for (auto slot = statuses_[task].slots; slot > 0; --slot) ahead.push_back({task, slot - 1});
    }
    return ahead;
  }

  void work_ahead(const SlotAhead& next) {
    if (stopped()) throw ReplayStopped();
    {
      const std::scoped_lock lock(mutex_);
      if (statuses_[next.task].done || statuses_[next.task].cycles > next.slot) return;
    }
    train_ahead(tasks_[next.task], next.slot, history_, cache_);
  }

  bool stopped() const { return failed_ || context_.launch.stop_count() > 0; }

  // Bases are trained here, lineages on the nodes; what they came to is read in the order of the result.
  void work_in_cluster(const ReplayCluster& cluster) {
    in_threads(bases_.size(), [&](std::size_t i) {
      auto& base = bases_[i];
      if (base.request) base.parent.sha256 = base_sha256(*base.request, static_cast<int>(i) + 1);
    });
    const auto place = place_batch(context_.home, id_, cluster);
    LineageBatch{.settings = settings_,
                 .bases = bases_,
                 .learner_command = cluster.learner_command,
                 .deadline = context_.launch.deadline}
        .write(place.folder, cache_.home(), folder_.candles());
    using Clock = std::chrono::steady_clock;
    Clock::time_point next{};
    SlurmLineages(place.folder, place.name, cluster)
        .run(
            tasks_.size(), [&] { return context_.launch.stop_count() > 0; },
            [&] {
              tell();
              if (Clock::now() < next) return;
              next = Clock::now() + cluster.slurm.look;
              for (std::size_t i = 0; i < tasks_.size(); ++i) take(place.folder, i);
            });
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      take(place.folder, i);
      if (!statuses_[i].done) throw std::logic_error("a lineage is missing");
    }
  }

  // The lineage from its file, once there is one.
  void take(const fs::path& batch, std::size_t index) {
    const auto file = lineage_file(batch, index);
    if (statuses_[index].done || !fs::exists(file)) return;
    auto lineage = decode_lineage(base::read_file(file), file.string());
    const auto& task = tasks_[index];
    if (lineage.point != task.point || lineage.arm != task.arm || lineage.seed != task.seed)
      throw Error(Failure::integrity, fmt::format("{} is of another lineage", file.string()));
    lineages_[index] = std::move(lineage);
    note(index, lineages_[index], true);
  }

  std::string base_sha256(const cycle::TrainingRequest& request, int seed) {
    const auto trained = cache_.train(request);
    if (trained.outcome == cycle::LaunchResult::Outcome::cancelled) throw ReplayStopped();
    if (trained.outcome != cycle::LaunchResult::Outcome::completed)
      throw Error(Failure::internal,
                  fmt::format("the base of seed {} could not be trained: {}", seed, trained.message));
    return trained.checkpoint_sha256;
  }

  void work(std::size_t index) {
    if (context_.launch.stop_count() > 0) throw ReplayStopped();
    auto task = tasks_[index];
    note(index, lineages_[index], false);
    const auto& base = bases_[static_cast<std::size_t>(task.seed - 1)];
    if (has_policy(task.arm) && base.request) task.base.sha256 = base_sha256(*base.request, task.seed);
    lineages_[index] = run_lineage(task, history_, cache_, [&](const LineageRun& so_far) {
      note(index, so_far, false);
      if (stopped()) throw ReplayStopped();
    });
    note(index, lineages_[index], true);
  }

  void note(std::size_t index, const LineageRun& lineage, bool done) {
    const std::scoped_lock lock(mutex_);
    auto& status = statuses_[index];
    status.begun = true;
    status.done = done;
    status.cycles = lineage.cycles.size();
    status.return_pct = return_pct(lineage);
  }

  void tell() {
    std::vector<LineageStatus> statuses;
    {
      const std::scoped_lock lock(mutex_);
      statuses = statuses_;
    }
    const auto done = std::ranges::count_if(statuses, &LineageStatus::done);
    if (done != told_) {
      told_ = done;
      write_row([&](store::Transaction& change) { store::replays::progress(change, id_, done); });
    }
    if (context_.on_progress) context_.on_progress(statuses);
  }

  const ReplayContext& context_;
  std::string id_;
  ReplayFolder folder_;
  ReplaySettings settings_;
  std::string candles_;
  MarketHistory history_;
  std::atomic<bool> failed_ = false;
  TrainingCache cache_;
  std::vector<SeedBase> bases_;
  std::vector<LineageTask> tasks_;
  std::vector<LineageRun> lineages_;
  std::mutex mutex_;
  std::vector<LineageStatus> statuses_;
  std::int64_t told_ = -1;
};

void finish(const ReplayContext& context, const std::string& id, const store::replays::ReplayEnd& end) {
  store::Transaction change(context.database);
  store::replays::finish(change, id, end, context.clock.now());
  change.commit();
}

// Not beside another replay, whose files these are too.
void tidy_cache(const ReplayContext& context, const std::string& id) {
  for (const auto& other : store::replays::list(context.database)) {
    if (other.id != id && is_running(context.home, other.id)) return;
  }
  shrink_cache(cache_of(context.home), context.cache_bytes_max);
}

std::string stored_result(const ReplayFolder& folder) {
  auto json = base::read_file(folder.result());
  while (json.ends_with('\n')) json.pop_back();
  return json;
}

void refuse_seen(const store::StateContext& context, const ReplaySettings& settings) {
  if (!settings.seen || settings.allow_seen) return;
  const auto base = policy::load(context.home.model(settings.base_sha256), settings.base_sha256);
  throw Error(Failure::refused,
              fmt::format("base {} has learned from bars up to {}, which the replay would trade from {} on",
                          settings.tuning.origin.base_experiment_id, base.lineage.data_seen_until,
                          base::to_rfc3339(settings.first)))
      .why(
          "results on bars that a policy has learned from say nothing about bars that it has not; "
          "replay with a base that was trained to before the replay, or with --allow-seen, which marks every "
          "number")
      .fix(fmt::format("ctt train --dataset {} --pack {} --to {}", settings.tuning.origin.dataset_id,
                       settings.tuning.origin.hp_pack_id,
                       base::to_rfc3339(settings.first - settings.tuning.config.timeframe.duration())))
      .fix("ctt ... --allow-seen");
}

}  // namespace

std::string create(const store::StateContext& context, const ReplaySettings& settings,
                   const std::optional<std::string>& schedule_id, const market::CandleSeries& candles) {
  const MarketHistory history(candles, settings.remote);
  if (const auto bars = history.bars(settings.first, settings.last); bars.size() < 2) {
    throw Error(Failure::data_blocked,
                fmt::format("dataset {} has {} bars from {} to {}; a replay needs at least two",
                            settings.tuning.origin.dataset_id, bars.size(), base::to_rfc3339(settings.first),
                            base::to_rfc3339(settings.last)))
        .fix("ctt datasets show " + settings.tuning.origin.dataset_id);
  }
  refuse_seen(context, settings);
  settings.points();  // throws for a value that does not fit
  store::Replay row;
  row.id = store::new_id("replay");
  row.schedule_id = schedule_id;
  row.dataset_id = settings.tuning.origin.dataset_id;
  row.status = store::ReplayStatus::stopped;
  auto kept = settings;
  for (const auto& text : store::replays::trials(context.database, row.dataset_id))
    kept.earlier = joined(kept.earlier, parse_trials(text, "trials"));
  row.settings = kept.json();
  row.pid = base::ProcessId::current().pid;
  row.created_at = context.clock.now();
  const auto folder = folder_of(context.home, row.id);
  base::make_directory(folder.path);
  base::write_file_atomically(folder.candles(), market::encode_snapshot({.series = candles, .defects = {}}));
  store::Transaction change(context.database);
  store::replays::insert(change, row);
  change.commit();
  return row.id;
}

ReplayResult run(const ReplayContext& context, const std::string& id) {
  const auto row = store::replays::get(context.database, id);
  const auto folder = folder_of(context.home, id);
  if (!fs::exists(folder.candles())) {
    throw Error(Failure::not_found, fmt::format("the folder of replay {} is gone", id))
        .fix("ctt replay delete " + id);
  }
  const auto lock = base::FileLock::try_acquire(folder.lock(), "ctt replay " + id);
  if (!lock) {
    const auto holder = base::FileLock::holder(folder.lock());
    throw Error(Failure::busy, fmt::format("replay {} is running{}", id,
                                           holder ? fmt::format(" (pid {})", holder->pid) : ""))
        .fix("ctt replay show " + id);
  }
  if (row.status == store::ReplayStatus::completed && fs::exists(folder.result()))
    return {.sentence = row.sentence.value_or(""),
            .json = stored_result(folder),
            .tried = parse_trials(row.trials, id)};
  try {
    ReplayWork one(context, row, *lock);
    auto result = one.run();
    tidy_cache(context, id);
    return result;
  } catch (const ReplayStopped&) {
    finish(context, id, {.status = store::ReplayStatus::stopped});
    throw;
  } catch (const std::exception& error) {
    try {
      finish(context, id, {.status = store::ReplayStatus::failed, .message = error.what()});
    } catch (const std::exception& second) {
      base::log()->error("replay {} could not be closed: {}", id, second.what());
    }
    throw;
  }
}

}  // namespace ctt::replay
