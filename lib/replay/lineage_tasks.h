#pragma once

#include <optional>
#include <vector>

#include "replay/lineage.h"
#include "replay/settings.h"

namespace ctt::replay {

/// What all lineages of a seed have in common before the first of them runs.
struct SeedBase {
  std::optional<cycle::TrainingRequest>
      request{};                   ///< of a base that is to be trained; nothing: there is one
  cycle::TrainingParent parent{};  ///< its sha256 is empty, or of the first seed, until it is trained
  std::uint64_t base_seed = 0;
};

/// The lineages of a replay in the order of its result: points, arms, seeds. `bases` has one a seed.
std::vector<LineageTask> tasks_of(const ReplaySettings& settings, const std::vector<SeedBase>& bases);

/// Indices of `tasks` as they had best be begun: those that share candidates with another one come after it, when these
/// are in the cache; the longest come first.
std::vector<std::size_t> order_of(const std::vector<LineageTask>& tasks);

}  // namespace ctt::replay
