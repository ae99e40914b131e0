#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "market/timeframe.h"

namespace ctt::market {

/// One bar. Prices in quote currency, volume in base units; `open_time` is the bar's opening, UTC.
struct Candle {
  base::Seconds open_time{};
  double open = 0;
  double high = 0;
  double low = 0;
  double close = 0;
  double volume = 0;

  bool operator==(const Candle&) const = default;
};

/// Candles of one instrument and timeframe, oldest first, at most one per opening time.
struct CandleSeries {
  std::string symbol;  ///< `BTC/USD`
  Timeframe timeframe;
  std::vector<Candle> candles;
};

}  // namespace ctt::market
