#pragma once

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "cycle/experiment.h"
#include "cycle/launcher.h"

namespace ctt::replay {

/// What a training came to.
struct CachedTraining {
  cycle::LaunchResult::Outcome outcome = cycle::LaunchResult::Outcome::died;
  std::string message;            ///< a sentence unless completed
  std::string checkpoint_sha256;  ///< of a completed one: in `home().models()`
  double train_s = 0;             ///< what it took when it was made
};

/// Trainings that were made once for all replays of a state directory: a training is a pure function of its job
/// folder, so the folder's content is the key of its result.
///
///     models/ snapshots/     what job folders are made of, and what came of them, by sha256
///     trainings/<key>.json   what came of a training
///
/// Only completed and diverged trainings are kept. A file that is missing or damaged is made anew. Thread-safe:
/// equal trainings that are asked for at the same time are made once.
class TrainingCache {
 public:
  /// `jobs` is a folder of ours alone, where the job folders stand while they are worked on.
  TrainingCache(base::Home home, std::filesystem::path jobs, const base::FileLock& lock,
                cycle::LaunchOptions options);

  /// Where a checkpoint or snapshot lies: a state directory without a database.
  const base::Home& home() const { return home_; }

  /// Keeps the candles of a window. Returns their sha256.
  std::string keep(const market::Window& window) const;
  /// Takes a model with its optimiser over from a state directory. Throws Error(not_found), Error(integrity).
  void take_over(const base::Home& from, const std::string& sha256) const;

  /// The result of a training, made now or earlier. Snapshot and parent must be here already.
  /// Throws Error(unreachable) when the operator asked to stop, and what stands in the way of a training.
  CachedTraining train(const cycle::TrainingRequest& request);

  /// Trainings that were made, not found, since construction.
  std::size_t made() const;

 private:
  std::string key_of(const cycle::TrainingRequest& request) const;
  std::optional<CachedTraining> find(const std::string& key) const;
  CachedTraining make(const std::string& key, const cycle::TrainingRequest& request);

  base::Home home_;
  std::filesystem::path jobs_;
  const base::FileLock& lock_;
  cycle::LaunchOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable done_;
  std::set<std::string> making_;
  std::size_t made_ = 0;
};

/// Removes what was used least recently until the cache has at most `bytes_max`. Nobody may use it meanwhile.
void shrink_cache(const base::Home& cache, std::uintmax_t bytes_max);

}  // namespace ctt::replay
