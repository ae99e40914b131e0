#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/home.h"

namespace ctt::cycle {

/// A training that is, or is about to be, a job of Slurm's.
struct SlurmEntry {
  std::string name;                 ///< of the job; no other training of any state directory has it
  std::filesystem::path folder;     ///< the job folder, where the nodes see it
  std::vector<std::string> submit;  ///< the words of sbatch
  std::string id;                   ///< empty until sbatch has told it
  std::vector<std::string> lost;    ///< earlier ids, of jobs that ended with their nodes
};

/// The trainings of a state directory that Slurm has, `slurm/EXPERIMENT.json` each: the name is written before the
/// job is submitted, the id after, and the file goes when the end of the training is recorded. So whatever dies in
/// between, the next run finds the job, by its id or by its name.
class SlurmJournal {
 public:
  explicit SlurmJournal(base::Home home) : home_(std::move(home)) {}

  /// A new entry, not written yet: the training in the job folder `job`.
  SlurmEntry entry(const std::filesystem::path& job) const;

  void write(const SlurmEntry& entry) const;
  std::optional<SlurmEntry> find(const std::filesystem::path& job) const;
  /// Throws Error(usage) for a file that cannot be read.
  std::vector<SlurmEntry> all() const;
  void remove(const std::filesystem::path& job) const;
  /// Removes files whose writers died before they were whole; such an entry was never in force.
  void clear_unfinished() const;

  /// `ctt-` and eight digits that tell this state directory from all others: how the names of its jobs begin.
  std::string prefix() const;

 private:
  std::filesystem::path folder() const { return home_.root / "slurm"; }
  std::filesystem::path file(const std::filesystem::path& job) const;

  base::Home home_;
};

}  // namespace ctt::cycle
