#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cycle/learner_output.h"
#include "cycle/progress_file.h"
#include "cycle/slurm_commands.h"
#include "cycle/slurm_launcher.h"

namespace ctt::cycle {

/// One training as a job of Slurm's, from before it is submitted to its end. Made for one call of `run` or
/// `take_over`; what it is given must outlive it.
class SlurmTraining {
 public:
  SlurmTraining(const SlurmJournal& journal, SlurmEntry entry, const SlurmOptions& with,
                const LaunchOptions& options);

  /// Submits the job, whose entry is in the journal, and waits for its end.
  /// Throws Error(refused) when Slurm does not take it, and Error(internal) when Slurm does not answer for longer than
  /// it is given; then the entry stays, and the next run ends the job.
  LaunchResult run();

  /// Waits for the end of a job that another process submitted, or was about to.
  LaunchResult take_over();

 private:
  using Clock = std::chrono::steady_clock;

  void submit();
  bool find_submitted();
  void note_submitted(const std::string& id);
  LaunchResult wait();
  void look();
  bool ended() const;
  bool begin_again();
  std::optional<LaunchResult> obey();
  void ask();
  void cancel();
  bool result_comes() const;
  bool cut_short() const;
  std::string how() const;
  LaunchResult end();

  const SlurmJournal& journal_;
  SlurmEntry entry_;
  const SlurmOptions& with_;
  const LaunchOptions& options_;
  SlurmCommands commands_;
  LearnerOutput output_;
  ProgressFile progress_;

  std::optional<SlurmJob> job_;  // as it was seen last
  bool answered_ = false;        // by Slurm, since the job was submitted
  bool asked_ = false;           // by the operator to stop
  bool watched_ = false;         // this process submitted the job, or has seen it
  Clock::time_point last_look_{};
  Clock::time_point next_ask_{};
  std::optional<Clock::time_point> silent_since_, running_since_, overdue_since_;
};

}  // namespace ctt::cycle
