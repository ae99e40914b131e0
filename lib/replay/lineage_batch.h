#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "replay/lineage_tasks.h"

namespace ctt::replay {

/// The lineages of a replay in a folder that other machines see, each to be run there by `ctt replay-lineage`:
///
///     batch.json candles.csv       what to do
///     models/ snapshots/ trainings/  what trainings are made of and what came of them, for all lineages
///     lineages/INDEX               what came of a lineage
///     logs/                        what its process said
struct LineageBatch {
  ReplaySettings settings;
  std::vector<SeedBase> bases;       ///< all of them trained
  std::string learner_command;       ///< the setting, for the node that has it
  std::chrono::seconds deadline{0};  ///< of a training

  /// Writes the folder, or what is missing of it: the bases and their optimisers come from `cache`, the candles from
  /// their file.
  void write(const std::filesystem::path& folder, const base::Home& cache,
             const std::filesystem::path& candles) const;
  /// Throws Error(refused) when another version of ctt wrote it, Error(usage) for one that cannot be read.
  static LineageBatch read(const std::filesystem::path& folder);
};

std::filesystem::path lineage_file(const std::filesystem::path& batch, std::size_t index);
std::filesystem::path batch_logs(const std::filesystem::path& batch);

/// Runs one lineage of a batch on this machine and writes its file. Job folders stand in a scratch folder of this
/// machine. Throws Error(usage) for an index that the batch lacks, ReplayStopped, and what stands in the way.
void run_batch_lineage(const std::filesystem::path& folder, std::size_t index, const LineageBatch& batch,
                       const cycle::LaunchOptions& launch);

}  // namespace ctt::replay
