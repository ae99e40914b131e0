#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "replay/slurm_lineages.h"

namespace ctt::replay {

/// Where the batch of a replay stands, and what its jobs are called.
struct PlacedBatch {
  std::filesystem::path folder;
  std::string name;
};

/// The place of a replay's batch: the one that an earlier run chose, or one on the share, noted in the replay's folder
/// (`batch.json`) before anything stands there.
PlacedBatch place_batch(const base::Home& home, std::string_view id, const ReplayCluster& cluster);

/// Ends what may still run of it and removes it; nothing without a batch. Throws Error(unreachable) while Slurm does
/// not answer.
void end_batch(const base::Home& home, std::string_view id);

}  // namespace ctt::replay
