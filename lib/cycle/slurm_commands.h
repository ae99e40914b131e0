#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/child.h"

namespace ctt::cycle {

/// A job as `squeue` tells of it.
struct SlurmJob {
  std::string id;        ///< `41`; of a task of an array `41_7`
  std::string state;     ///< Slurm's word: `PENDING`, `RUNNING`, `NODE_FAIL`, ...
  int restarts = 0;      ///< how often Slurm began it again
  base::ChildExit exit;  ///< of one that has ended
  bool pending() const { return state == "PENDING"; }
  bool running() const { return state == "RUNNING"; }
  /// Whether it may still run or come to run; one that is completing may have processes left.
  bool active() const;
  /// Whether it was ended by its node or for another job, and would do if it ran again.
  bool lost() const;
  /// Whether Slurm keeps it from running until somebody releases it.
  bool held() const;
  std::string describe() const;  ///< `Slurm job 41: OUT_OF_MEMORY, killed by signal 9`
};

/// A word as it stands in a batch script: between quotes, nothing in it has a meaning to the shell.
std::string shell_quoted(std::string_view word);

/// Slurm's commands, each run as a process with a time limit, without a shell.
///
/// All throw Error(unreachable) when a command does not answer in time or cannot reach the controller, so that asking
/// again may help, and Error(refused) with Slurm's own words when it says no. Threads: any.
class SlurmCommands {
 public:
  explicit SlurmCommands(std::chrono::milliseconds limit = std::chrono::seconds(30)) : limit_(limit) {}

  /// Throws Error(not_found) when `sbatch` is not installed.
  static void require();

  /// `sbatch` with these words. Returns the id. After Error(unreachable) it may have been submitted all the same.
  std::string submit(const std::vector<std::string>& words) const;
  /// All jobs of that name that Slurm remembers, in any state, the tasks of arrays one by one, oldest first.
  std::vector<SlurmJob> jobs(std::string_view name) const;
  /// SIGTERM to its processes. False when there is none to have it yet, or no longer.
  bool ask_to_stop(const std::string& id) const;
  /// Ends it, waiting or running.
  void cancel(const std::string& id) const;

 private:
  std::string run(const std::vector<std::string>& argv) const;

  std::chrono::milliseconds limit_;
};

}  // namespace ctt::cycle
