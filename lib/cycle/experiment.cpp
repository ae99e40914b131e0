#include "cycle/experiment.h"

#include <signal.h>

#include <cstring>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/process.h"
#include "base/sha256.h"
#include "base/version.h"
#include "cycle/left_jobs.h"
#include "cycle/leftovers.h"
#include "cycle/slurm_launcher.h"
#include "market/snapshot.h"
#include "schedule/liveness.h"
#include "store/experiments.h"
#include "store/reference.h"
#include "store/snapshots.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using store::ExperimentStatus;
using Outcome = LaunchResult::Outcome;

training::Job job_of(const TrainingRequest& request) {
  training::Job job;
  job.pack = request.pack;
  job.features = request.features;
  job.symbol = request.symbol;
  job.timeframe = request.timeframe;
  job.seed = request.seed;
  job.iterations = request.iterations;
  job.learning_rate = request.learning_rate;
  job.fine_tune = !request.parent_sha256.empty();
  job.compute = request.compute;
  job.held_back = request.held_back;
  auto& lineage = job.lineage;
  lineage.experiment_id = request.experiment_id;
  lineage.parent_sha256 = request.parent_sha256;
  lineage.cycle = request.cycle_number.value_or(0);
  lineage.window_first = base::to_rfc3339(request.window.first());
  lineage.window_last = base::to_rfc3339(request.window.last());
  lineage.snapshot_sha256 = request.snapshot_sha256;
  lineage.seed = request.seed;
  lineage.settings_sha256 = request.sha256();
  if (request.compute.precision != training::Precision::float32)
    lineage.precision = training::name(request.compute.precision);
  lineage.ctt_version = base::version();
  return job;
}

std::optional<std::string> publish_result(const fs::path& folder, const base::Home& home,
                                          const LaunchResult& launch) {
  if (!launch.result || launch.result->checkpoint_sha256.empty()) return std::nullopt;
  const auto bytes = base::read_file(folder / training::JobFiles::checkpoint);
  policy::decode(bytes, (folder / training::JobFiles::checkpoint).string());
  const auto sha256 = policy::publish(bytes, home.models());
  if (sha256 != launch.result->checkpoint_sha256) {
    throw base::Error(base::Failure::integrity, "the learner's checkpoint is not the one its result names");
  }
  if (fs::exists(folder / training::JobFiles::optimizer) && !fs::exists(home.optimizer(sha256))) {
    base::write_file_atomically(home.optimizer(sha256),
                                base::read_file(folder / training::JobFiles::optimizer), 0400);
  }
  return sha256;
}

namespace {

ExperimentStatus status_of(Outcome outcome) {
  if (outcome == Outcome::completed) return ExperimentStatus::completed;
  return outcome == Outcome::cancelled ? ExperimentStatus::cancelled : ExperimentStatus::failed;
}

// The numbers at the end under the names that dashboards know.
std::string final_metrics(const LaunchResult& launch, const std::optional<std::string>& checkpoint) {
  const auto& result = *launch.result;
  const auto& last = result.last;
  base::JsonWriter json;
  json.object()
      .field("pnl", last.pnl_mean)
      .field("pnl_mean", last.pnl_mean)
      .field("pnl_pct", last.pnl_pct_mean);
  json.field("net_worth", last.net_worth_mean).field("episode_return_mean", last.episode_return_mean);
  json.field("trade_count", last.trade_count_mean).field("hold_ratio", last.hold_ratio_mean);
  json.field("trade_ratio", last.trade_ratio_mean).field("pnl_per_trade", last.pnl_per_trade_mean);
  json.field("total_iterations", result.iterations).field("kl", last.kl).field("entropy", last.entropy);
  json.field("lr", result.learning_rate).field("kl_coeff", result.kl_coeff).field("train_s", result.train_s);
  json.field("steps_per_s", last.steps_per_s);
  json.field("checkpoint_path", checkpoint ? fmt::format("models/{}.safetensors", *checkpoint) : "").end();
  return json.text();
}

void finish(const store::StateContext& context, const std::string& id, const store::ExperimentEnd& end) {
  store::Transaction change(context.database);
  store::experiments::finish(change, id, end, context.clock.now());
  change.commit();
}

LaunchOptions recording(const store::StateContext& context, const std::string& id,
                        const LaunchOptions& options) {
  auto recorded = options;
  recorded.on_iteration = [&context, id, &options](const training::IterationMetrics& metrics) {
    store::Transaction change(context.database, base::Durability::relaxed);
    store::experiments::add_iteration(change, id, static_cast<std::int64_t>(metrics.iteration),
                                      metrics.json(), context.clock.now());
    change.commit();
    if (options.on_iteration) options.on_iteration(metrics);
  };
  return recorded;
}

// Runs a training and records its end, whatever it is; then its folder goes.
template <class Run>
TrainingOutcome recorded(const store::StateContext& context, const std::string& id, const fs::path& folder,
                         Launcher& launcher, const Run& run) {
  TrainingOutcome outcome;
  try {
    outcome.launch = run();
    outcome.checkpoint_sha256 = publish_result(folder, context.home, outcome.launch);
  } catch (const std::exception& error) {
    finish(context, id,
           {.status = ExperimentStatus::failed,
            .final_metrics = {},
            .checkpoint_sha256 = {},
            .message = error.what()});
    fs::remove_all(folder);
    throw;
  }
  finish(context, id,
         {.status = status_of(outcome.launch.outcome),
          .final_metrics = outcome.launch.result
                               ? std::optional(final_metrics(outcome.launch, outcome.checkpoint_sha256))
                               : std::nullopt,
          .checkpoint_sha256 = outcome.checkpoint_sha256,
          .message = outcome.launch.message.empty() ? std::nullopt : std::optional(outcome.launch.message)});
  fs::remove_all(folder);
  launcher.forget(folder);
  return outcome;
}

}  // namespace

std::string keep_snapshot(const store::StateContext& context, const market::Window& window) {
  const auto bytes = market::encode_snapshot(window);
  const auto sha256 = base::sha256(bytes);
  if (!fs::exists(context.home.snapshot(sha256)))
    base::write_file_atomically(context.home.snapshot(sha256), bytes, 0400);
  // Synced with the experiment that is opened for it.
  store::Transaction change(context.database, base::Durability::relaxed);
  store::snapshots::insert(change,
                           {.sha256 = sha256,
                            .symbol = window.series.symbol,
                            .timeframe = window.series.timeframe.name(),
                            .first = window.first(),
                            .last = window.last(),
                            .bars = static_cast<std::int64_t>(window.series.candles.size() - window.warm_up),
                            .warm_up = static_cast<std::int64_t>(window.warm_up),
                            .size_bytes = static_cast<std::int64_t>(bytes.size()),
                            .created_at = context.clock.now()});
  change.commit();
  return sha256;
}

std::string open_experiment(const store::StateContext& context, const TrainingRequest& request) {
  store::Experiment experiment;
  experiment.id = request.experiment_id.empty() ? store::new_id("exp") : request.experiment_id;
  experiment.name = request.name.empty() ? experiment.id : request.name;
  experiment.script = request.script;
  experiment.started_at = context.clock.now();
  experiment.config = request.json();
  experiment.tags = request.tags;
  experiment.hp_pack_id = request.hp_pack_id;
  experiment.dataset_id = request.dataset_id;
  experiment.parent_experiment_id = request.parent_experiment_id;
  experiment.snapshot_sha256 = request.snapshot_sha256;
  experiment.total_iterations = static_cast<std::int64_t>(request.iterations);
  experiment.pid = base::ProcessId::current().pid;
  store::Transaction change(context.database);
  store::experiments::insert(change, experiment);
  change.commit();
  return experiment.id;
}

void write_job(const fs::path& folder, const base::Home& home, const TrainingRequest& request) {
  const auto job = job_of(request);
  base::make_directory(folder);
  fs::copy_file(home.snapshot(request.snapshot_sha256), folder / training::JobFiles::candles);
  if (job.fine_tune) {
    const auto& parent = job.lineage.parent_sha256;
    fs::copy_file(home.model(parent), folder / training::JobFiles::parent);
    if (fs::exists(home.optimizer(parent)))
      fs::copy_file(home.optimizer(parent), folder / training::JobFiles::parent_optimizer);
  }
  job.write(folder);
}

TrainingOutcome run_experiment(const store::StateContext& context, const TrainingLock& lock,
                               const TrainingRequest& request, const LaunchOptions& options) {
  const fs::path folder = options.launcher->jobs(context.home) / request.experiment_id;
  return recorded(context, request.experiment_id, folder, *options.launcher, [&] {
    write_job(folder, context.home, request);
    return launch(folder, lock.file(), recording(context, request.experiment_id, options));
  });
}

TrainingOutcome take_over_experiment(const store::StateContext& context, const TrainingLock& lock,
                                     const std::string& id, const LaunchOptions& options) {
  const auto left = SlurmJournal(context.home).find(id);
  if (!left) throw std::invalid_argument("no job of this experiment was left");
  SlurmLauncher slurm(context.home, {});  // how the job was submitted stands in the journal
  auto with = recording(context, id, options);
  if (const auto last = store::experiments::last_iteration(context.database, id))
    with.iterations_heard = static_cast<std::size_t>(last->iteration);
  return recorded(context, id, left->folder, slurm,
                  [&] { return slurm.launch(left->folder, lock.file(), with); });
}

void ask_to_stop(const base::Home& home, const store::Experiment& experiment) {
  // The handle first: what is alive after that is the process that it stands for.
  const base::ProcessHandle process(experiment.pid);
  if (!process || !schedule::is_alive(home, experiment)) {
    throw base::Error(
        base::Failure::refused,
        fmt::format("the process of experiment {} (pid {}) is gone; the next training closes it",
                    experiment.name, experiment.pid))
        .fix("ctt cycle run");
  }
  if (const int failed = process.send(SIGTERM); failed != 0) {
    throw base::Error(base::Failure::refused,
                      fmt::format("the process of experiment {} (pid {}) cannot be asked to stop: {}",
                                  experiment.name, experiment.pid, std::strerror(failed)));
  }
}

void close_orphans(const store::StateContext& context, const Launcher& launcher) {
  end_left_jobs(context.home);
  for (const auto& experiment : store::experiments::list(
           context.database, {.status = ExperimentStatus::running, .script = {}, .tag = {}})) {
    base::log()->info("experiment {} was left running by pid {}; it is closed as failed", experiment.id,
                      experiment.pid);
    finish(context, experiment.id,
           {.status = ExperimentStatus::failed,
            .final_metrics = {},
            .checkpoint_sha256 = {},
            .message = fmt::format("its process (pid {}) ended before the training did", experiment.pid)});
  }
  clear_leftovers(context);
  for (const auto& jobs : {context.home.jobs(), launcher.jobs(context.home)}) {
    if (!fs::exists(jobs)) continue;
    for (const auto& folder : fs::directory_iterator(jobs)) fs::remove_all(folder);
  }
}

}  // namespace ctt::cycle
