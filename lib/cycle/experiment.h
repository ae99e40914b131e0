#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "cycle/launcher.h"
#include "market/window.h"
#include "store/experiments.h"

namespace ctt::cycle {

/// One training run to be made: what the learner is given and how the run is recorded.
struct TrainingRequest {
  std::string name;           ///< empty: its id
  std::string experiment_id;  ///< empty: a new one
  std::string script;         ///< the command that asks: `ctt train`
  std::vector<std::string> tags;
  std::string hp_pack_id;
  std::string dataset_id;
  std::optional<std::string> parent_experiment_id;
  std::optional<std::int64_t> cycle_number;
  std::string schedule_id;  ///< empty outside a cycle

  training::Pack pack;
  features::FeatureSet features;
  market::Window window;      ///< everything that is known at this point
  std::size_t held_back = 0;  ///< the newest bars of the window that the learner does not see
  std::uint64_t seed = 0;
  std::size_t iterations = 0;
  double learning_rate = 0;
  std::string parent_sha256;  ///< empty: a new policy
  training::Compute compute;
};

/// A training run that has ended; the row of the experiment says the same.
struct TrainingOutcome {
  LaunchResult launch;
  std::optional<std::string>
      checkpoint_sha256;  ///< published under models/ when completed or cancelled with one
};

/// Keeps the window's candles as a content-addressed snapshot, file first, then the row.
/// Returns its sha256.
std::string keep_snapshot(store::Database& database, const base::Home& home, const market::Window& window,
                          const base::Clock& clock);

/// Records the start of a training run: the row of the experiment, `running`. Returns its id.
std::string open_experiment(store::Database& database, const TrainingRequest& request,
                            const std::string& snapshot_sha256, const base::Clock& clock);

/// Writes the job folder of a training run: candles, parent, settings. The same request, experiment
/// and snapshot make the same folder.
void write_job(const std::filesystem::path& folder, const base::Home& home, const TrainingRequest& request,
               const std::string& experiment_id, const std::string& snapshot_sha256);

/// Runs the training of an open experiment to its end: job folder, learner, metrics of each
/// iteration, the checkpoint published by its sha256, the end of the experiment's row. The job
/// folder is gone afterwards.
/// Throws what stands in its way only after the row says `failed`.
TrainingOutcome run_experiment(store::Database& database, const base::Home& home, const TrainingLock& lock,
                               const std::string& experiment_id, const TrainingRequest& request,
                               const std::string& snapshot_sha256, const LaunchOptions& options,
                               const base::Clock& clock);

/// Asks the process that drives this experiment to finish its iteration, save and end.
/// Throws Error(refused) when it is gone or may not be asked.
void ask_to_stop(const base::Home& home, const store::Experiment& experiment);

/// Ends the rows of trainings whose processes are gone and removes their job folders and what else they
/// left (see leftovers.h). The caller
/// holds the training lock, so whatever says `running` is a leftover.
void close_orphans(store::Database& database, const base::Home& home, const base::Clock& clock);

}  // namespace ctt::cycle
