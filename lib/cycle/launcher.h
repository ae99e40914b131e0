#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
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

class Launcher;
/// The learner as a child of this process.
std::shared_ptr<Launcher> local_launcher();

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
  std::size_t iterations_heard = 0;  ///< these many were told of earlier and are not told again
  std::shared_ptr<Launcher> launcher = local_launcher();
};

/// How a training ended, as its parent saw it.
struct LaunchResult {
  enum class Outcome { completed, diverged, cancelled, timed_out, died };
  Outcome outcome = Outcome::died;
  std::string message;                     ///< a sentence unless completed
  std::optional<training::Result> result;  ///< what the learner wrote
};

/// Where learners run: as a child of this process, or as a job of Slurm's. For one training: `require`, a job folder
/// written below `jobs`, `launch`, what came of it recorded, `forget`. Whoever dies before `forget` leaves it to the
/// next run (see left_jobs.h).
class Launcher {
 public:
  virtual ~Launcher() = default;

  /// Throws Error when a learner cannot be started so, before any work is done for it.
  virtual void require(const LaunchOptions& options, const training::Compute& compute) const = 0;

  /// The folder in which the job folders of a state directory stand.
  virtual std::filesystem::path jobs(const base::Home& home) const { return home.jobs(); }

  /// Runs the learner on a job folder to its end: iterations are told of as they come, its standard error goes to
  /// `learner.log`, it is held to its deadline and to what the operator asks. A learner that runs as a child
  /// inherits `lock`, so that a training which outlives us still holds it.
  /// Throws as `require`, and Error(internal) when the learner cannot be started or wrote no readable result.
  virtual LaunchResult launch(const std::filesystem::path& job, const base::FileLock& lock,
                              const LaunchOptions& options) = 0;

  /// The training's end is recorded, its folder gone.
  virtual void forget(const std::filesystem::path& /*job*/) {}
};

/// `options.launcher->launch`.
LaunchResult launch(const std::filesystem::path& job, const base::FileLock& lock,
                    const LaunchOptions& options);

/// The words of the setting `learner.command`; none when it is empty.
std::vector<std::string> learner_command(const std::string& setting);

/// `command` itself, or the program of this installation that trains by `engine`.
std::vector<std::string> learner_words(const std::vector<std::string>& command, training::Engine engine);

/// Throws Error(not_found) when the program that `command` (see LaunchOptions) starts for a training by
/// `engine` is not there.
void require_learner(const std::vector<std::string>& command, training::Engine engine);

}  // namespace ctt::cycle
