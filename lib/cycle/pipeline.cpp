#include "cycle/pipeline.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "base/random.h"
#include "cycle/plan.h"
#include "market/snapshot.h"
#include "store/deployments.h"
#include "store/experiments.h"
#include "store/models.h"
#include "store/schedules.h"

namespace ctt::cycle {

using base::Error;
using base::Failure;
using store::Step;
using How = LaunchResult::How;

namespace {

// The tag of a training that was asked for without deployment: whoever finishes its cycle must know.
constexpr std::string_view kNoDeploy = "no_deploy";

void enter(const Surroundings& with, const store::Cycle& cycle, Step step) {
  store::Transaction change(with.database);
  store::cycles::enter(change, cycle.id, step, with.clock.now());
  change.commit();
}

store::Cycle now_at(const Surroundings& with, const store::Cycle& cycle) {
  return store::cycles::get(with.database, cycle.id);
}

// The reason code of a failure that ended a cycle.
std::string_view reason_of(Failure failure) {
  switch (failure) {
    case Failure::data_blocked:
      return "data_blocked";
    case Failure::unreachable:
      return "data_unavailable";
    case Failure::integrity:
      return "integrity";
    default:
      return "internal";
  }
}

void fail(const Surroundings& with, const store::Cycle& cycle, std::string_view reason,
          std::string_view message) {
  store::Transaction change(with.database);
  store::cycles::fail(change, cycle.id, reason, message, with.clock.now());
  change.commit();
}

void cancel(const Surroundings& with, const store::Cycle& cycle, std::string_view message) {
  store::Transaction change(with.database);
  store::cycles::cancel(change, cycle.id, message, with.clock.now());
  change.commit();
}

// Stands in the row before the gate judges, so that a blocked cycle shows what blocked it.
void journal_defects(const Surroundings& with, const store::Cycle& cycle, const market::Window& window) {
  store::Transaction change(with.database);
  store::cycles::set_defects(change, cycle.id, window.defects.json());
  change.commit();
}

struct TakenWindow {
  market::Window window;
  FetchReport fetched;
  std::string snapshot_sha256;
};

TakenWindow take(const Surroundings& with, const store::Cycle& cycle, const Plan& plan, base::Instant at) {
  enter(with, cycle, Step::fetch);
  const auto source = with.open_source(plan.dataset);
  const auto key = plan.dataset.series();
  const auto width = plan.config.timeframe.duration();
  const auto rows =
      static_cast<long>(plan.config.window_candles) + static_cast<long>(plan.features.warm_up_rows());
  const auto newest = newest_bar(*source, plan.config.timeframe, at);
  // Some more at the beginning, for a window that ends early because its newest bars are late.
  const auto spare = source->remote() ? kLateBarsMax : 0;
  TakenWindow taken;
  taken.fetched =
      fetch(with.database, *source, key, {newest - width * (rows - 1 + spare), newest}, with.clock);

  enter(with, cycle, Step::snapshot);
  const auto last = window_end(with.database, *source, key, newest);
  const auto candles = store::candles::range(with.database, key, {last - width * (rows - 1), last});
  const market::WindowRequest wanted{.last = last,
                                     .bars = static_cast<std::size_t>(plan.config.window_candles),
                                     .warm_up = plan.features.warm_up_rows(),
                                     .revised = taken.fetched.revised};
  taken.window = market::cut_window(candles, wanted, plan.config.data_policy);
  journal_defects(with, cycle, taken.window);
  market::pass_data_gate(taken.window, plan.config.data_policy);
  taken.snapshot_sha256 = keep_snapshot(with.database, with.home, taken.window, with.clock);
  return taken;
}

TrainingRequest request_for(const Surroundings& with, const store::Cycle& cycle, const Plan& plan,
                            market::Window window, bool deploy) {
  TrainingRequest request;
  request.name = fmt::format("{}-{}", cycle.schedule_id, cycle.number);
  request.script = "ctt cycle run";
  request.tags = {"continuous", fmt::format("cycle:{}", cycle.number),
                  fmt::format("schedule:{}", cycle.schedule_id)};
  if (!deploy) request.tags.emplace_back(kNoDeploy);
  request.hp_pack_id = plan.schedule.hp_pack_id;
  request.dataset_id = plan.dataset.id;
  request.parent_experiment_id = plan.parent_model.experiment_id;
  request.cycle_number = cycle.number;
  request.schedule_id = cycle.schedule_id;
  request.pack = plan.pack;
  request.features = plan.features;
  request.window = std::move(window);
  request.held_back = plan.held_back();
  request.seed = cycle_seed(plan, cycle.number);
  request.iterations = static_cast<std::size_t>(plan.config.iterations_per_cycle);
  request.learning_rate = plan.learning_rate();
  request.parent_sha256 = plan.parent_model.sha256;
  request.compute = with.compute;
  return request;
}

void journal_start(const Surroundings& with, const store::Cycle& cycle, const Plan& plan,
                   const TakenWindow& taken, const std::string& experiment_id) {
  const auto& window = taken.window;
  store::Transaction change(with.database);
  store::cycles::enter(change, cycle.id, Step::train, with.clock.now());
  store::cycles::start(change, cycle.id,
                       {.experiment_id = experiment_id,
                        .parent_experiment_id = plan.parent_model.experiment_id,
                        .parent_model_version = plan.parent_model.version,
                        .window_first = window.first(),
                        .window_last = window.last(),
                        .bars = static_cast<std::int64_t>(window.series.candles.size() - window.warm_up),
                        .snapshot_sha256 = taken.snapshot_sha256,
                        .defects = window.defects.json(),
                        .total_iterations = plan.config.iterations_per_cycle},
                       with.clock.now());
  change.commit();
}

LaunchOptions journaling(const Surroundings& with, const store::Cycle& cycle) {
  auto options = with.launch;
  const auto started = std::chrono::steady_clock::now();
  options.on_iteration = [&with, cycle, started](const training::IterationMetrics& metrics) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
    const auto left = static_cast<double>(metrics.total_iterations - metrics.iteration);
    store::CycleProgress progress{static_cast<std::int64_t>(metrics.iteration),
                                  static_cast<std::int64_t>(metrics.total_iterations),
                                  {},
                                  {}};
    if (std::isfinite(metrics.episode_return_mean)) progress.reward_mean = metrics.episode_return_mean;
    progress.eta_s = elapsed.count() / static_cast<double>(metrics.iteration) * left;
    store::Transaction change(with.database);
    store::cycles::progress(change, cycle.id, progress, with.clock.now());
    change.commit();
    with.observer.iteration(cycle, metrics);
  };
  return options;
}

// True when the training left a candidate; otherwise the cycle's row has got its end.
bool trained(const Surroundings& with, const store::Cycle& cycle, const TrainingOutcome& outcome) {
  switch (outcome.launch.how) {
    case How::completed:
      return true;
    case How::diverged:
      fail(with, cycle, "not_finite", outcome.launch.message);
      return false;
    case How::timed_out:
      fail(with, cycle, "timeout", outcome.launch.message);
      return false;
    case How::died:
      fail(with, cycle, "internal", outcome.launch.message);
      return false;
    case How::cancelled:
      break;
  }
  cancel(with, cycle, outcome.launch.message);
  return false;
}

struct Decided {
  store::Decision decision = store::Decision::deployed;
  std::optional<std::string> reason;  // unless deployed
  bool train_on = true;               // the next cycle trains from the candidate
};

// `now_says` is the schedule's row at the end of the cycle: hours may have passed since the plan was made,
// and what the operator did meanwhile, a rollback that froze the schedule above all, must stand.
Decided decide(const Plan& plan, const store::Schedule& now_says, const evaluation::GateVerdict& verdict,
               bool deploy) {
  using enum store::Decision;
  if (!verdict.passed())
    return {rejected, "gate " + std::string(schedule::name(plan.config.gate)) + ": " + verdict.reason, false};
  if (now_says.base_experiment_id != plan.schedule.base_experiment_id)
    return {held, "the schedule was started from another base meanwhile", false};
  if (!deploy) return {held, "asked for without deployment"};
  if (now_says.frozen) return {held, "the schedule is frozen"};
  if (!plan.config.auto_deploy) return {held, "auto_deploy is off"};
  return {};
}

// Publishes the candidate, ends the cycle and, when it is to be deployed, says so: one transaction,
// so that no reader ever meets a part of it.
store::Cycle conclude(const Surroundings& with, const store::Cycle& cycle, const Plan& plan,
                      const market::Window& window, const store::Experiment& experiment, bool deploy) {
  enter(with, cycle, Step::evaluate);
  const auto& sha256 = *experiment.checkpoint_sha256;
  const auto candidate = policy::Policy::load(with.home.model(sha256), sha256);
  auto evaluation = evaluation::evaluate(*candidate, *plan.parent, window, plan.held_back());
  evaluation.prequential = plan.served ? evaluation::score_prequentially(*plan.served, window) : std::nullopt;
  const auto verdict = evaluation::judge(plan.config.gate, evaluation);
  with.observer.judged(cycle, evaluation, verdict);

  const auto now = with.clock.now();
  store::Transaction change(with.database);
  const auto decided = decide(plan, store::schedules::get(change, cycle.schedule_id), verdict, deploy);
  store::cycles::enter(change, cycle.id, Step::publish, now);
  store::cycles::set_candidate(change, cycle.id, sha256);
  store::Model model;
  model.sha256 = sha256;
  model.origin = "cycle";
  model.parent_version = plan.parent_model.version;
  model.experiment_id = experiment.id;
  model.cycle_id = cycle.id;
  model.schedule_id = cycle.schedule_id;
  model.size_bytes = static_cast<std::int64_t>(std::filesystem::file_size(with.home.model(sha256)));
  model.published_at = now;
  const auto version = store::models::publish(change, model);
  store::cycles::set_model(change, cycle.id, version);
  if (decided.train_on) store::schedules::set_current_model(change, cycle.schedule_id, version, now);
  const bool deployed = decided.decision == store::Decision::deployed;
  if (deployed) {
    store::cycles::enter(change, cycle.id, Step::deploy, now);
    store::deployments::request(change,
                                {.schedule_id = cycle.schedule_id,
                                 .model_version = version,
                                 .cycle_number = cycle.number,
                                 .cause = store::DeployCause::automatic,
                                 .reason = {}},
                                now);
  }
  store::cycles::complete(change, cycle.id,
                          {.model_version = version,
                           .decision = decided.decision,
                           .decision_reason = decided.reason,
                           .metrics = metrics_json(evaluation, verdict, window, experiment)},
                          now);
  change.commit();

  if (deployed) {
    with.observer.nudged(cycle, version,
                         nudge(with.database, with.home, cycle.schedule_id, with.deploy_wait, with.clock));
  }
  return now_at(with, cycle);
}

store::Cycle work_through(const Surroundings& with, const TrainingLock& lock, const store::Cycle& cycle,
                          const RunOptions& options) {
  const auto plan = make_plan(with, cycle.schedule_id);
  const auto taken = take(with, cycle, plan, options.window_end.value_or(with.clock.now()));
  with.observer.window_taken(cycle, taken.window, taken.fetched, plan.parent_model.version);
  const auto request = request_for(with, cycle, plan, taken.window, options.deploy);
  const auto experiment_id = open_experiment(with.database, request, taken.snapshot_sha256, with.clock);
  journal_start(with, cycle, plan, taken, experiment_id);
  const auto outcome = run_experiment(with.database, with.home, lock, experiment_id, request,
                                      taken.snapshot_sha256, journaling(with, cycle), with.clock);
  if (!trained(with, cycle, outcome)) return now_at(with, cycle);
  const auto experiment = store::experiments::get(with.database, experiment_id);
  return conclude(with, cycle, plan, taken.window, experiment, options.deploy);
}

// Runs `body`; whatever goes wrong in it ends the cycle as failed.
template <class Body>
store::Cycle guarded(const Surroundings& with, const store::Cycle& cycle, const Body& body) {
  store::Cycle ended;
  try {
    ended = body();
  } catch (const Error& error) {
    if (error.failure() == Failure::unreachable && with.launch.stop_count() > 0) {
      cancel(with, cycle, "stopped while its candles were fetched");
    } else {
      fail(with, cycle, reason_of(error.failure()), error.what());
    }
    ended = now_at(with, cycle);
  } catch (const std::exception& error) {
    fail(with, cycle, "internal", error.what());
    ended = now_at(with, cycle);
  }
  with.observer.ended(ended);
  return ended;
}

}  // namespace

store::Cycle work(const Surroundings& with, const TrainingLock& lock, const store::Cycle& claimed,
                  const RunOptions& options) {
  return guarded(with, claimed, [&] { return work_through(with, lock, claimed, options); });
}

store::Cycle recover(const Surroundings& with, const store::Cycle& cycle) {
  return guarded(with, cycle, [&] {
    const auto experiment =
        cycle.experiment_id ? store::experiments::find(with.database, *cycle.experiment_id) : std::nullopt;
    const bool trained = experiment && experiment->status == store::ExperimentStatus::completed &&
                         experiment->checkpoint_sha256;
    if (!trained || !cycle.snapshot_sha256) {
      fail(with, cycle, "internal",
           fmt::format("its process (pid {}) ended during the step {}", cycle.pid, store::name(cycle.step)));
      return now_at(with, cycle);
    }
    base::log()->info("cycle {} of {} was left after its training; it is finished now", cycle.number,
                      cycle.schedule_id);
    const auto window = market::decode_snapshot(base::read_file(with.home.snapshot(*cycle.snapshot_sha256)));
    const bool deploy = std::ranges::find(experiment->tags, kNoDeploy) == experiment->tags.end();
    return conclude(with, cycle, make_plan(with, cycle.schedule_id), window, *experiment, deploy);
  });
}

}  // namespace ctt::cycle
