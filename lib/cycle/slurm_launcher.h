#pragma once

#include "cycle/launcher.h"
#include "cycle/slurm_journal.h"

namespace ctt::cycle {

struct SlurmOptions {
  std::vector<std::string> words;  ///< more words for sbatch: partition, account, ...; they win over ours
  std::filesystem::path share;     ///< where job folders stand, seen by all nodes; empty: the state directory
  std::string memory = "1G";       ///< of a job, as sbatch has it
  std::chrono::milliseconds look{2000};                    ///< between two looks at the queue
  std::chrono::milliseconds share_patience{10'000};        ///< until a result that a node wrote is seen here
  std::chrono::milliseconds controller_patience{300'000};  ///< while Slurm does not answer
  std::chrono::milliseconds command_limit{30'000};         ///< of one command of Slurm's
};

/// The learner as a job of Slurm's: `sbatch` of the job folder, progress lines from `progress.jsonl` in it, the end by
/// `result.json`, which is written last; the state in the queue says only when to stop waiting for it. A job that its
/// node ended runs again, three times at most. The deadline counts from when it begins to run.
///
/// The operator's first stop is SIGTERM to the learner, which saves; the second, and the deadline after the grace,
/// `scancel`. A training whose process was killed goes on: `launch` of a folder that the journal knows takes the
/// job over instead of submitting a second one. See docs/cluster.md. One launch at a time in a thread.
class SlurmLauncher : public Launcher {
 public:
  SlurmLauncher(base::Home home, SlurmOptions options)
      : journal_(std::move(home)), with_(std::move(options)) {}

  void require(const LaunchOptions& options, const training::Compute& compute) const override;
  std::filesystem::path jobs(const base::Home& home) const override;
  LaunchResult launch(const std::filesystem::path& job, const base::FileLock& lock,
                      const LaunchOptions& options) override;
  void forget(const std::filesystem::path& job) override { journal_.remove(job); }

 private:
  SlurmEntry prepared(const std::filesystem::path& job, const LaunchOptions& options) const;

  SlurmJournal journal_;
  SlurmOptions with_;
};

}  // namespace ctt::cycle
