#pragma once

#include <cstdint>
#include <filesystem>

#include "cycle/launcher.h"

namespace ctt::upkeep {

/// What a learner made of a market that can be known, and of one that cannot.
struct LearningCheck {
  double planted_return = 0;  ///< log growth on fresh bars of the market with a signal, after fees
  double planted_best = 0;    ///< what foresight would have earned there before fees
  double shuffled_pct = 0;    ///< profit on fresh bars of the shuffled market, per cent, after fees
  double seconds = 0;

  /// At least half of what foresight earns.
  bool learned_the_signal() const { return planted_return >= 0.5 * planted_best; }
  /// No more profit than luck leaves after fees.
  bool invented_none() const { return shuffled_pct <= 5; }
  bool passed() const { return learned_the_signal() && invented_none(); }
};

/// Trains the learner of this installation twice, from the same hourly moves of 1 %, for fees of 0.3 %: once
/// in their order, where 19 of 20 moves go on in the direction of the one before, and once shuffled,
/// where nothing can be known. Both policies are then judged on bars they have not seen. Works in
/// `folder`, which it fills with job folders. Throws what `launch` throws, and Error(internal) when a
/// training does not complete.
LearningCheck check_learning(const std::filesystem::path& folder, std::uint64_t seed,
                             const cycle::LaunchOptions& options);

}  // namespace ctt::upkeep
