#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "cycle/slurm_commands.h"
#include "cycle/slurm_launcher.h"

namespace ctt::replay {

/// How a replay runs its lineages in Slurm.
struct ReplayCluster {
  cycle::SlurmOptions slurm;
  std::string program;          ///< ctt on the nodes
  std::string learner_command;  ///< the setting of that name, for the nodes
  int at_a_time = 0;            ///< lineages; 0: as many as Slurm lets
};

/// The lineages of a batch (lineage_batch.h) as arrays of jobs of Slurm's, at most a thousand each. A lineage that has
/// its file is not run again. Jobs that an earlier run left are ended first, so no lineage has two.
class SlurmLineages {
 public:
  /// `name` of the jobs is one that no other batch has.
  SlurmLineages(std::filesystem::path batch, std::string name, ReplayCluster cluster);

  /// Runs those of the first `count` that have no file yet, until all have. `while_waiting` is called some times a
  /// second. Throws ReplayStopped when `stop` says so, Error(internal) when a lineage ended without a file or was lost
  /// with its node more than three times, Error(refused) and Error(unreachable) as SlurmCommands; none of the jobs
  /// goes on then, unless Slurm cannot be reached.
  void run(std::size_t count, const std::function<bool()>& stop, const std::function<void()>& while_waiting);

  /// Ends all jobs of that name and waits until nothing of them is left. Throws Error(unreachable).
  static void end(const std::string& name);

 private:
  using Indices = std::vector<std::size_t>;

  Indices missing(std::size_t count) const;
  void submit(const Indices& indices);
  void submit_array(std::size_t array, const Indices& members);
  void wait(const std::function<bool()>& stop, const std::function<void()>& while_waiting);
  bool look() const;
  base::Error failed(const cycle::SlurmJob& job, std::size_t index) const;

  std::filesystem::path batch_;
  std::string name_;
  ReplayCluster cluster_;
  cycle::SlurmCommands commands_;
  std::map<std::string, std::size_t> arrays_;  // by its id: the lineage that its task 0 is
};

}  // namespace ctt::replay
