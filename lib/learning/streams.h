#pragma once

#include <cstdint>

namespace ctt::learning {

// The random streams of a run, all from its one seed. The environments have streams 0, 1, 2, ...

inline constexpr std::uint64_t kWeightStream = std::uint64_t{1} << 32;  ///< initial weights
inline constexpr std::uint64_t kActionStream = kWeightStream + 1;       ///< actions in rollouts
inline constexpr std::uint64_t kShuffleStream = kWeightStream + 2;      ///< order within the passes

}  // namespace ctt::learning
