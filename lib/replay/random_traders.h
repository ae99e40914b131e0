#pragma once

#include <cstdint>
#include <optional>

#include "market/candle.h"
#include "replay/lineage.h"

namespace ctt::replay {

/// Net returns of traders whose decisions are luck: the band that skill has to leave.
struct RandomBand {
  Arm like = Arm::gated;
  std::size_t draws = 0;
  double low_pct = 0, median_pct = 0, high_pct = 0;  ///< 5, 50 and 95 % quantiles
};

/// Traders that are all in or all out and change over at random, as often on average as the lineage does and in the
/// market for as long, at the same costs: a two-state Markov chain over the same bars. Nothing when the lineage never
/// traded.
///
/// - `cost_fraction`: of the value, for each change, commission and half the spread.
std::optional<RandomBand> random_band(const LineageRun& like, std::span<const market::Candle> bars,
                                      double cost_fraction, std::uint64_t seed, std::size_t draws = 1000);

}  // namespace ctt::replay
