#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/home.h"
#include "training/job.h"
#include "training/metrics.h"
#include "training/result.h"

namespace ctt::cycle {

/// The right to train: one holder per state directory, released when its process ends, however it
/// ends. A learner inherits it, so a training that outlives its parent still counts.
class TrainingLock {
 public:
  /// `command` tells others who holds it: `ctt cycle run --schedule btc`.
  static std::optional<TrainingLock> try_acquire(const base::Home& home, std::string_view command);
  /// `pid 3990, ctt train, since 2026-11-23T17:20:03Z`: who holds it.
  static std::string holder(const base::Home& home);

  const base::FileLock& file() const { return lock_; }

 private:
  explicit TrainingLock(base::FileLock lock) : lock_(std::move(lock)) {}
  base::FileLock lock_;
};

struct LaunchOptions {
  /// Words that start the learner, to which the job folder is appended. Empty: this installation's
  /// ctt-learn, or ctt-learn-torch for a job of the engine autograd.
  std::vector<std::string> command;
  std::chrono::seconds deadline{7200};
  std::chrono::milliseconds grace{10'000};  ///< between asking the learner to stop and killing it
  std::function<void()> on_started;
  std::function<void(const training::IterationMetrics&)> on_iteration;
  /// How often the operator asked to stop: 1 lets the learner finish its iteration and save, 2 kills it.
  std::function<int()> stop_count = [] { return 0; };
};

/// How a training ended, as its parent saw it.
struct LaunchResult {
  enum class Outcome { completed, diverged, cancelled, timed_out, died };
  Outcome outcome = Outcome::died;
  std::string message;                     ///< a sentence unless completed
  std::optional<training::Result> result;  ///< what the learner wrote
};

/// Runs the learner on a job folder to its end: fork and exec, progress lines from its standard
/// output, its standard error in `learner.log`, a deadline, SIGTERM and then SIGKILL.
/// The learner inherits `lock`, so that a training which outlives us still holds it.
/// Throws as require_learner, and Error(internal) when the learner cannot be started or wrote no
/// readable result.
LaunchResult launch(const std::filesystem::path& job, const base::FileLock& lock,
                    const LaunchOptions& options);

/// The words of the setting `learner.command`; none when it is empty.
std::vector<std::string> learner_command(const std::string& setting);

/// Throws Error(not_found) when the program that `command` (see LaunchOptions) starts for a training by
/// `engine` is not there.
void require_learner(const std::vector<std::string>& command, training::Engine engine);

}  // namespace ctt::cycle
