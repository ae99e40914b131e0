#pragma once

#include "market/candle.h"

namespace ctt::market {

/// Prices in this range cannot bring an account or a reward to infinity.
inline constexpr double kLowestPrice = 1e-12;
inline constexpr double kHighestPrice = 1e12;

/// Whether a number can be a price; one that is not finite cannot.
bool is_price(double number);

/// What the values of one candle are worth.
enum class Soundness {
  sound,
  not_finite,  ///< a price or the volume is no number
  impossible,  ///< a price that cannot be one, open or close outside of low .. high, volume below 0
};

/// The one rule for a candle's values: by it a training window counts and repairs its defects, and a
/// trader refuses its bars, so that what blocks a cycle is not traded on. Environments, which may be
/// given marked candles, hold open and close against `is_price`, which is a part of it.
Soundness soundness_of(const Candle& candle);

}  // namespace ctt::market
