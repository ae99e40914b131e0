#include "cycle/pipeline.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "base/process.h"
#include "cycle/experiment.h"
#include "cycle/failure_reason.h"
#include "cycle/fetch_retry.h"
#include "cycle/left_jobs.h"
#include "cycle/live_verdict.h"
#include "cycle/plan.h"
#include "cycle/window_bars.h"
#include "market/snapshot.h"
#include "schedule/health.h"
#include "store/cycle_journal.h"
#include "store/deployments.h"
#include "store/experiments.h"
#include "store/models.h"
#include "store/schedules.h"

namespace ctt::cycle {

using base::Error;
using base::Failure;
using store::Step;
using Outcome = LaunchResult::Outcome;

namespace {

// The tag of a training that was asked for without deployment: whoever finishes its cycle must know.
constexpr std::string_view kNoDeploy = "no_deploy";

// How far a cycle is may be lost with the machine: it is closed then, or finished, by what is synced.
void enter(const CycleContext& context, const store::Cycle& cycle, Step step) {
  store::Transaction change(context.database, base::Durability::relaxed);
  store::cycles::enter(change, cycle.id, step, context.clock.now());
  change.commit();
}

// From here on it is this process that is asked to stop.
void take_over(const CycleContext& context, const store::Cycle& cycle) {
  const auto process = base::ProcessId::current();
  store::Transaction change(context.database);
  store::cycles::take_over(change, cycle.id, process.pid, process.text());
  change.commit();
}

store::Cycle now_at(const CycleContext& context, const store::Cycle& cycle) {
  return store::cycles::get(context.database, cycle.id);
}

void fail(const CycleContext& context, const store::Cycle& cycle, std::string_view reason,
          std::string_view message) {
  store::Transaction change(context.database);
  store::cycles::fail(change, cycle.id, reason, message, context.clock.now());
  change.commit();
}

void cancel(const CycleContext& context, const store::Cycle& cycle, std::string_view message) {
  store::Transaction change(context.database);
  store::cycles::cancel(change, cycle.id, message, context.clock.now());
  change.commit();
}

// Stands in the row before the gate judges, so that a blocked cycle shows what blocked it.
void journal_defects(const CycleContext& context, const store::Cycle& cycle, const market::Window& window) {
  store::Transaction change(context.database, base::Durability::relaxed);
  store::cycles::set_defects(change, cycle.id, window.defects.json());
  change.commit();
}

struct TakenWindow {
  market::Window window;
  FetchReport fetched;
  std::string snapshot_sha256;
};

// What `ask` gets of a dataset's source. To a cycle a file that is not there is a source that gives nothing.
template <class Ask>
auto from_source(const store::Dataset& dataset, const Ask& ask) {
  try {
    return ask();
  } catch (const Error& error) {
    if (error.failure() != Failure::not_found) throw;
    throw Error(Failure::unreachable,
                fmt::format("dataset {} has no candles to give: {}", dataset.id, error.what()))
        .fix("ctt datasets show " + dataset.id);
  }
}

TakenWindow take(const CycleContext& context, const store::Cycle& cycle, const Plan& plan, base::Instant at) {
  enter(context, cycle, Step::fetch);
  // A file is opened when it is first asked, and may go between two questions.
  const auto source = from_source(plan.dataset, [&] { return context.open_source(plan.dataset); });
  const auto key = plan.dataset.series();
  auto span =
      plan.span(from_source(plan.dataset, [&] { return newest_bar(*source, plan.config.timeframe, at); }));
  TakenWindow taken;
  // The newest bar counts from the first attempt on: a retry takes the window of its slot.
  taken.fetched = from_source(plan.dataset, [&] {
    return with_fetch_retries(context, cycle, plan.config.interval, [&](FetchReport& report) {
      fetch_window(context.database, *source, key, span, context.clock, report);
    });
  });

  enter(context, cycle, Step::snapshot);
  span.newest = window_end(context.database, *source, key, span.newest);
  const auto candles = stored_bars(context.database, key, span);
  auto wanted = plan.window_request(span.newest);
  wanted.revised = taken.fetched.revised;
  market::bars_of_dataset(plan.dataset.id, [&] {
    taken.window = market::cut_window(candles, wanted, plan.config.data_policy);
    journal_defects(context, cycle, taken.window);
    market::pass_data_gate(taken.window, plan.config.data_policy);
  });
  taken.snapshot_sha256 = keep_snapshot(context, taken.window);
  return taken;
}

TrainingRequest request_for(const CycleContext& context, const store::Cycle& cycle, const Plan& plan,
                            const TakenWindow& taken, bool deploy) {
  const TrainingParent parent{.sha256 = plan.parent_model.sha256,
                              .experiment_id = plan.parent_model.experiment_id,
                              .costs = plan.parent->contract().costs};
  auto request = fine_tuning_request(plan, parent, cycle.number, taken.window, taken.snapshot_sha256);
  if (!deploy) request.tags.emplace_back(kNoDeploy);
  // The same training once more, of a schedule that was deleted and started anew, is another experiment.
  if (store::experiments::find(context.database, request.experiment_id)) request.experiment_id.clear();
  return request;
}

void journal_start(const CycleContext& context, const store::Cycle& cycle, const Plan& plan,
                   const TakenWindow& taken, const std::string& experiment_id) {
  const auto& window = taken.window;
  store::Transaction change(context.database, base::Durability::relaxed);
  store::cycles::enter(change, cycle.id, Step::train, context.clock.now());
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
                       context.clock.now());
  change.commit();
}

LaunchOptions journaling(const CycleContext& context, const store::Cycle& cycle) {
  auto options = context.launch;
  const auto started = std::chrono::steady_clock::now();
  options.on_iteration = [&context, cycle, started](const training::IterationMetrics& metrics) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
    const auto left = static_cast<double>(metrics.total_iterations - metrics.iteration);
    store::CycleProgress progress{static_cast<std::int64_t>(metrics.iteration),
                                  static_cast<std::int64_t>(metrics.total_iterations),
                                  {},
                                  {}};
    if (std::isfinite(metrics.episode_return_mean)) progress.reward_mean = metrics.episode_return_mean;
    progress.eta_s = elapsed.count() / static_cast<double>(metrics.iteration) * left;
    store::Transaction change(context.database, base::Durability::relaxed);
    store::cycles::progress(change, cycle.id, progress, context.clock.now());
    change.commit();
    context.observer.iteration(cycle, metrics);
  };
  return options;
}

// True when the training left a candidate; otherwise the cycle's row has got its end.
bool trained(const CycleContext& context, const store::Cycle& cycle, const TrainingOutcome& outcome) {
  switch (outcome.launch.outcome) {
    case Outcome::completed:
      return true;
    case Outcome::diverged:
      fail(context, cycle, "not_finite", outcome.launch.message);
      return false;
    case Outcome::timed_out:
      fail(context, cycle, "timeout", outcome.launch.message);
      return false;
    case Outcome::died:
      fail(context, cycle, "internal", outcome.launch.message);
      return false;
    case Outcome::cancelled:
      break;
  }
  cancel(context, cycle, outcome.launch.message);
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
  if (now_says.current_model_version != plan.parent_model.version)
    return {held, "the schedule trains from another model meanwhile", false};
  if (!deploy) return {held, "asked for without deployment"};
  if (now_says.frozen) return {held, "the schedule is frozen"};
  if (!plan.config.auto_deploy) return {held, "auto_deploy is off"};
  return {};
}

// Publishes the candidate, ends the cycle and, when it is to be deployed, says so: one transaction,
// so that no reader ever meets a part of it.
store::Cycle conclude(const CycleContext& context, const store::Cycle& cycle, const Plan& plan,
                      const market::Window& window, const store::Experiment& experiment, bool deploy) {
  enter(context, cycle, Step::evaluate);
  const auto& sha256 = *experiment.checkpoint_sha256;
  const auto candidate = policy::Policy::load(context.home.model(sha256), sha256);
  auto evaluation = evaluation::evaluate(*candidate, *plan.parent, window, plan.held_back());
  evaluation.prequential =
      plan.served ? evaluation::score_prequentially(*plan.served, window, evaluation.costs) : std::nullopt;
  evaluation.health = evaluation::network_health(*candidate, window);
  evaluation.live = grown_verdict(context, plan, window);
  const auto verdict = evaluation::judge(plan.config.gate, evaluation);
  context.observer.judged(cycle, evaluation, verdict);

  const auto now = context.clock.now();
  store::Transaction change(context.database);
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
  model.size_bytes = static_cast<std::int64_t>(std::filesystem::file_size(context.home.model(sha256)));
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
                           .metrics = metrics_json(plan, evaluation, verdict, window, experiment)},
                          now);
  change.commit();

  if (deployed) {
    context.observer.nudged(cycle, version, nudge(context, cycle.schedule_id, context.deploy_wait));
  }
  return now_at(context, cycle);
}

// The cycle that has learned from this window: of the last that completed since the schedule became
// active, whose window ended as late and had the same bars.
std::optional<store::Cycle> learned_before(const CycleContext& context, const Plan& plan,
                                           const TakenWindow& taken) {
  auto last = store::cycles::last_completed(context.database, plan.schedule.id);
  if (!last || !last->window_last || last->started_at < plan.schedule.activated_at) return std::nullopt;
  const auto newest = taken.window.last();
  const bool same = newest == *last->window_last && last->snapshot_sha256 == taken.snapshot_sha256;
  return same || newest < *last->window_last ? last : std::nullopt;
}

store::Cycle skip_unchanged(const CycleContext& context, const store::Cycle& cycle,
                            const store::Cycle& before) {
  const auto message =
      fmt::format("no bar is newer than {}, with which the window of cycle {} ended; nothing new to learn",
                  base::to_rfc3339(*before.window_last), before.number);
  store::Transaction change(context.database);
  store::cycles::give_up(change, cycle.id, schedule::kNoNewData, message, context.clock.now());
  change.commit();
  return now_at(context, cycle);
}

store::Cycle work_through(const CycleContext& context, const TrainingLock& lock, const store::Cycle& cycle,
                          const RunOptions& options) {
  const auto plan = make_plan(context, cycle.schedule_id);
  const auto taken = take(context, cycle, plan, options.window_end.value_or(context.clock.now()));
  if (const auto before = learned_before(context, plan, taken)) {
    if (!options.now) return skip_unchanged(context, cycle, *before);
    context.observer.nothing_new(cycle, *before);
  }
  context.observer.window_taken(cycle, taken.window, taken.fetched, plan.parent_model.version);
  auto request = request_for(context, cycle, plan, taken, options.deploy);
  request.experiment_id = open_experiment(context, request);
  journal_start(context, cycle, plan, taken, request.experiment_id);
  const auto outcome = run_experiment(context, lock, request, journaling(context, cycle));
  if (!trained(context, cycle, outcome)) return now_at(context, cycle);
  const auto experiment = store::experiments::get(context.database, request.experiment_id);
  return conclude(context, cycle, plan, taken.window, experiment, options.deploy);
}

// Runs `body`; whatever goes wrong in it ends the cycle as failed.
template <class Body>
store::Cycle guarded(const CycleContext& context, const store::Cycle& cycle, const Body& body) {
  store::Cycle ended;
  try {
    ended = body();
  } catch (const Error& error) {
    if (error.failure() == Failure::unreachable && context.launch.stop_count() > 0) {
      cancel(context, cycle, "stopped while its candles were fetched");
    } else {
      fail(context, cycle, reason_of(error.failure()), error.what());
    }
    ended = now_at(context, cycle);
  } catch (const std::exception& error) {
    fail(context, cycle, "internal", error.what());
    ended = now_at(context, cycle);
  }
  context.observer.ended(ended);
  return ended;
}

}  // namespace

store::Cycle work(const CycleContext& context, const TrainingLock& lock, const store::Cycle& claimed,
                  const RunOptions& options) {
  return guarded(context, claimed, [&] { return work_through(context, lock, claimed, options); });
}

store::Cycle recover(const CycleContext& context, const TrainingLock& lock, const store::Cycle& cycle) {
  return guarded(context, cycle, [&] {
    auto experiment =
        cycle.experiment_id ? store::experiments::find(context.database, *cycle.experiment_id) : std::nullopt;
    if (experiment && experiment->status == store::ExperimentStatus::running &&
        is_left_in_slurm(context.home, experiment->id)) {
      take_over(context, cycle);
      const auto outcome = take_over_experiment(context, lock, experiment->id, journaling(context, cycle));
      if (!trained(context, cycle, outcome)) return now_at(context, cycle);
      experiment = store::experiments::get(context.database, experiment->id);
    }
    const bool trained = experiment && experiment->status == store::ExperimentStatus::completed &&
                         experiment->checkpoint_sha256;
    if (!trained || !cycle.snapshot_sha256) {
      fail(context, cycle, "internal",
           fmt::format("its process (pid {}) ended during the step {}", cycle.pid, store::name(cycle.step)));
      return now_at(context, cycle);
    }
    base::log()->info("cycle {} of {} was left after its training; it is finished now", cycle.number,
                      cycle.schedule_id);
    const auto window =
        market::decode_snapshot(base::read_file(context.home.snapshot(*cycle.snapshot_sha256)));
    const bool deploy = std::ranges::find(experiment->tags, kNoDeploy) == experiment->tags.end();
    const auto plan = make_plan(context, cycle.schedule_id, cycle.parent_model_version);
    return conclude(context, cycle, plan, window, *experiment, deploy);
  });
}

}  // namespace ctt::cycle
