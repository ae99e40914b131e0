#pragma once

#include <cmath>
#include <initializer_list>
#include <memory>
#include <vector>

#include "base/random.h"
#include "environment/market_data.h"

namespace ctt::environment {

/// Hourly candles with these closes; each opens at the close before it.
inline std::vector<market::Candle> candles_of(const std::vector<double>& closes) {
  std::vector<market::Candle> out;
  double open = closes.front();
  for (const double close : closes) {
    out.push_back({base::Seconds(std::chrono::hours(out.size())), open, std::max(open, close),
                   std::min(open, close), close, 1});
    open = close;
  }
  return out;
}

/// A walk of `rows` candles with steps of about one per cent and gaps between close and open.
inline std::vector<market::Candle> walk(std::size_t rows, std::uint64_t seed) {
  base::Random random(seed);
  std::vector<double> closes{100};
  while (closes.size() < rows) closes.push_back(closes.back() * std::exp(0.01 * random.normal()));
  auto out = candles_of(closes);
  for (auto& candle : out) candle.open *= std::exp(0.002 * random.normal());
  return out;
}

/// Market data whose feature at (row, column) is row + column / 10: a window shows where it was taken.
inline std::shared_ptr<const MarketData> numbered_market(std::vector<market::Candle> candles,
                                                         std::size_t columns = 2, std::size_t first_row = 0) {
  auto data = std::make_shared<MarketData>();
  data->candles = std::move(candles);
  data->columns = columns;
  data->first_row = first_row;
  for (std::size_t row = 0; row < data->rows(); ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      data->features.push_back(static_cast<float>(row) + static_cast<float>(column) / 10);
    }
  }
  return data;
}

}  // namespace ctt::environment
