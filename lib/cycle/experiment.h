#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "cycle/experiment_settings.h"
#include "cycle/launcher.h"
#include "market/window.h"
#include "store/experiments.h"
#include "store/state_context.h"

namespace ctt::cycle {

/// One training run to be made: what the learner is given and how the run is recorded.
struct TrainingRequest : ExperimentSettings {
  std::string name;           ///< empty: its id
  std::string experiment_id;  ///< empty until it is opened, unless its id is given
  std::string script;         ///< the command that asks: `ctt train`
  std::vector<std::string> tags;
  std::string schedule_id;      ///< empty outside a cycle
  market::Window window;        ///< everything that is known at this point
  std::string snapshot_sha256;  ///< of the window, which is kept already
};

/// A training run that has ended; the row of the experiment says the same.
struct TrainingOutcome {
  LaunchResult launch;
  std::optional<std::string>
      checkpoint_sha256;  ///< published under models/ when completed or cancelled with one
};

/// Keeps the window's candles as a content-addressed snapshot, file first, then the row.
/// Returns its sha256.
std::string keep_snapshot(const store::StateContext& context, const market::Window& window);

/// Records the start of a training run: the row of the experiment, `running`. Returns its id.
std::string open_experiment(const store::StateContext& context, const TrainingRequest& request);

/// What the learner is told of a training run.
training::Job job_of(const TrainingRequest& request);

/// Writes the job folder of a training run: candles, parent, settings. The same request makes the same
/// folder.
void write_job(const std::filesystem::path& folder, const base::Home& home, const TrainingRequest& request);

/// Moves what the learner made in a job folder into `home.models()`, named by the checkpoint's content, its
/// optimiser beside it. Returns the sha256; nothing when it made no checkpoint. Throws Error(integrity).
std::optional<std::string> publish_result(const std::filesystem::path& folder, const base::Home& home,
                                          const LaunchResult& launch);

/// Runs the training of an open experiment, which the request names, to its end: job folder, learner,
/// metrics of each iteration, the checkpoint published by its sha256, the end of the experiment's row. The
/// job folder is gone afterwards.
/// Throws what stands in its way only after the row says `failed`.
TrainingOutcome run_experiment(const store::StateContext& context, const TrainingLock& lock,
                               const TrainingRequest& request, const LaunchOptions& options);

/// Waits for the end of the training of an experiment that says `running` and whose process died after it handed the
/// job folder to Slurm (`is_left_in_slurm`), and records it as `run_experiment` does.
TrainingOutcome take_over_experiment(const store::StateContext& context, const TrainingLock& lock,
                                     const std::string& id, const LaunchOptions& options);

/// Asks the process that drives this experiment to finish its iteration, save and end.
/// Throws Error(refused) when it is gone or may not be asked.
void ask_to_stop(const base::Home& home, const store::Experiment& experiment);

/// Ends the rows of trainings whose processes are gone and removes their job folders and what else they
/// left (see leftovers.h). Jobs that they left in Slurm are ended before. The caller holds the training lock, so
/// whatever says `running` is a leftover. Throws as `end_left_jobs`; then the rows stay as they are.
void close_orphans(const store::StateContext& context, const Launcher& launcher);

}  // namespace ctt::cycle
