#include "replay/replay_work.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/process.h"
#include "base/sha256.h"
#include "market/snapshot.h"
#include "replay/lineage_batch.h"
#include "replay/lineage_file.h"
#include "replay/placed_batch.h"
#include "replay/seed_bases.h"
#include "replay/workers.h"
#include "report/report_page.h"

namespace ctt::replay {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

namespace {

double return_pct(const LineageRun& lineage) {
  const auto& equity = lineage.account.equity;
  return equity.empty() ? 0 : 100 * (equity.back() / equity.front() - 1);
}

}  // namespace

ReplayWork::ReplayWork(const ReplayContext& context, const store::Replay& row, const base::FileLock& lock)
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

ReplayResult ReplayWork::run() {
  write_row([&](store::Transaction& change) {
    store::replays::begin(change, id_, static_cast<std::int64_t>(tasks_.size()),
                          base::ProcessId::current().pid);
  });
  if (context_.cluster)
    work_in_cluster(*context_.cluster);
  else
    work_here();
  auto result = result_of(settings_, lineages_, history_, base::sha256(candles_), settings_.earlier);
  write_files(result);
  fs::remove_all(folder_.jobs());
  end_batch(context_.home, id_);
  write_row([&](store::Transaction& change) {
    store::replays::finish(change, id_,
                           {.status = store::ReplayStatus::completed,
                            .sentence = result.sentence,
                            .trials = json_of(result.tried)},
                           context_.clock.now());
  });
  return result;
}

// The result last: a replay that has it is complete.
void ReplayWork::write_files(const ReplayResult& result) const {
  base::write_file_atomically(folder_.equity(), equity_csv(lineages_));
  base::write_file_atomically(folder_.trades(), trades_csv(lineages_));
  base::write_file_atomically(folder_.cycles(), cycles_csv(lineages_));
  base::write_file_atomically(folder_.report(), report::report_page(result.json));
  base::write_file_atomically(folder_.result(), result.json + "\n");
}

// A lineage that failed ends the trainings of the others.
cycle::LaunchOptions ReplayWork::stoppable(cycle::LaunchOptions options) {
  options.stop_count = [this, asked = options.stop_count] { return failed_ ? 2 : asked() > 0 ? 2 : 0; };
  return options;
}

void ReplayWork::write_row(const std::function<void(store::Transaction&)>& what) {
  store::Transaction change(context_.database);
  what(change);
  change.commit();
}

// `what` with 0 .. count - 1, `jobs` at a time; one that fails ends the trainings of the others.
void ReplayWork::in_threads(std::size_t count, const std::function<void(std::size_t)>& what) {
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

void ReplayWork::work_here() {
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

// What threads without a lineage of their own have to do: newest slots first, towards the lineage.
std::vector<ReplayWork::SlotAhead> ReplayWork::trainings_ahead(const std::vector<std::size_t>& order) const {
  std::vector<SlotAhead> ahead;
  for (const auto task : order) {
    if (tasks_[task].arm != Arm::scratch) continue;
    for (auto slot = statuses_[task].slots; slot > 0; --slot) ahead.push_back({task, slot - 1});
  }
  return ahead;
}

void ReplayWork::work_ahead(const SlotAhead& next) {
  if (stopped()) throw ReplayStopped();
  {
    const std::scoped_lock lock(mutex_);
    if (statuses_[next.task].done || statuses_[next.task].cycles > next.slot) return;
  }
  train_ahead(tasks_[next.task], next.slot, history_, cache_);
}

// Bases are trained here, lineages on the nodes; what they came to is read in the order of the result.
void ReplayWork::work_in_cluster(const ReplayCluster& cluster) {
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
void ReplayWork::take(const fs::path& batch, std::size_t index) {
  const auto file = lineage_file(batch, index);
  if (statuses_[index].done || !fs::exists(file)) return;
  auto lineage = decode_lineage(base::read_file(file), file.string());
  const auto& task = tasks_[index];
  if (lineage.point != task.point || lineage.arm != task.arm || lineage.seed != task.seed)
    throw Error(Failure::integrity, fmt::format("{} is of another lineage", file.string()));
  lineages_[index] = std::move(lineage);
  note(index, lineages_[index], true);
}

std::string ReplayWork::base_sha256(const cycle::TrainingRequest& request, int seed) {
  const auto trained = cache_.train(request);
  if (trained.outcome == cycle::LaunchResult::Outcome::cancelled) throw ReplayStopped();
  if (trained.outcome != cycle::LaunchResult::Outcome::completed)
    throw Error(Failure::internal,
                fmt::format("the base of seed {} could not be trained: {}", seed, trained.message));
  return trained.checkpoint_sha256;
}

void ReplayWork::work(std::size_t index) {
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

void ReplayWork::note(std::size_t index, const LineageRun& lineage, bool done) {
  const std::scoped_lock lock(mutex_);
  auto& status = statuses_[index];
  status.begun = true;
  status.done = done;
  status.cycles = lineage.cycles.size();
  status.return_pct = return_pct(lineage);
}

void ReplayWork::tell() {
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

}  // namespace ctt::replay
