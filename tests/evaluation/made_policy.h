#pragma once

#include "evaluation/backtest.h"
#include "policies.h"

namespace ctt::evaluation {

// Closes 100, 100 factor, 100 factor^2, ..., an hour each.
inline std::shared_ptr<const environment::MarketData> moving(std::size_t bars, double factor) {
  std::vector<market::Candle> candles;
  double price = 100;
  for (std::size_t i = 0; i < bars; ++i, price *= factor)
    candles.push_back({base::Seconds(std::chrono::hours(i)), price, price, price, price, 1});
  return environment::MarketData::make(
      features::FeatureSet::parse(R"([{"type":"returns","periods":[1],"normalize":"none"}])"), candles, 1, 1);
}

// Closes 100, 110, 121, ...: up a tenth each hour.
inline std::shared_ptr<const environment::MarketData> rising(std::size_t bars) { return moving(bars, 1.1); }

}  // namespace ctt::evaluation
