#pragma once

#include <cmath>
#include <vector>

#include "base/time.h"
#include "market/candle.h"

namespace ctt::support {

/// The hour `index` hours after 2025-01-01, and a candle of it.
inline base::Seconds hour(int index) {
  return base::Seconds(std::chrono::sys_days(std::chrono::year(2025) / 1 / 1)) + std::chrono::hours(index);
}

inline market::Candle hour_candle(int index) {
  const double close = 20000 + std::round(1e4 * std::sin(index / 50.0)) / 8;
  return {hour(index), close - 1, close + 2.5, close - 3.25, close, 0.125 * (1 + index % 7)};
}

inline std::vector<market::Candle> hour_candles(int first, int count) {
  std::vector<market::Candle> candles;
  for (int index = first; index < first + count; ++index) candles.push_back(hour_candle(index));
  return candles;
}

}  // namespace ctt::support
