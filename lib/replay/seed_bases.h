#pragma once

#include <vector>

#include "replay/lineage_tasks.h"
#include "replay/training_cache.h"
#include "store/state_context.h"

namespace ctt::replay {

/// One for each seed of a replay. Seed 1 is the base as it is; each later one trains it again, or trains its cycles
/// with another seed. Keeps the bars of what is to be trained in the cache.
std::vector<SeedBase> seed_bases(const store::StateContext& context, const ReplaySettings& settings,
                                 const TrainingCache& cache);

}  // namespace ctt::replay
