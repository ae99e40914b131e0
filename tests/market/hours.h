#pragma once

#include "market/candle.h"

namespace ctt::support {

/// The opening time of the n-th hour of 2024.
inline base::Seconds hour(int n) {
  return base::Seconds(std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}) + std::chrono::hours(n);
}

/// A sound candle of that hour that closes at `close`.
inline market::Candle candle(int n, double close = 100) {
  return {hour(n), close, close + 1, close - 1, close, 5};
}

/// Sound candles of these hours, closing at 100 + the hour.
inline market::CandleSeries hours(std::initializer_list<int> numbers) {
  market::CandleSeries series{"BTC/USD", market::Timeframe::parse("1h"), {}};
  for (const int n : numbers) series.candles.push_back(candle(n, 100 + n));
  return series;
}

}  // namespace ctt::support
