#include "market/soundness.h"

#include <algorithm>
#include <cmath>

namespace ctt::market {

bool is_price(double number) { return number >= kLowestPrice && number <= kHighestPrice; }

Soundness soundness_of(const Candle& candle) {
  for (const double value : {candle.open, candle.high, candle.low, candle.close, candle.volume}) {
    if (!std::isfinite(value)) return Soundness::not_finite;
  }
  const auto [lower, upper] = std::minmax(candle.open, candle.close);
  const bool possible = is_price(candle.low) && is_price(candle.high) && candle.low <= lower &&
                        candle.high >= upper && candle.volume >= 0;
  return possible ? Soundness::sound : Soundness::impossible;
}

}  // namespace ctt::market
