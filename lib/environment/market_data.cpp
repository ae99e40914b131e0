#include "environment/market_data.h"

#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "market/soundness.h"

namespace ctt::environment {

using base::Error;
using base::Failure;

namespace {

// Accounts reckon with open and close alone. High, low and volume are not judged here: a window may keep a
// candle that contradicts itself (policy `mark`).
void check_prices(const std::vector<market::Candle>& candles) {
  for (std::size_t row = 0; row < candles.size(); ++row) {
    for (const double price : {candles[row].open, candles[row].close}) {
      if (market::is_price(price)) continue;
      throw Error(
          Failure::data_blocked,
          fmt::format("the candle of {} (row {}) has the price {}; mend or drop it before training on it",
                      base::to_rfc3339(candles[row].open_time), row, price));
    }
  }
}

void check_features(const MarketData& data, const std::vector<std::string>& columns) {
  for (std::size_t k = data.first_row * data.columns; k < data.features.size(); ++k) {
    if (std::isfinite(data.features[k])) continue;
    const std::size_t row = k / data.columns;
    throw Error(
        Failure::data_blocked,
        fmt::format("feature {} is not finite at {} (row {}, warm-up {} rows); give it more warm-up rows",
                    columns[k % data.columns], base::to_rfc3339(data.candles[row].open_time), row,
                    data.first_row));
  }
}

}  // namespace

std::shared_ptr<const MarketData> MarketData::make(const features::FeatureSet& features,
                                                   std::vector<market::Candle> candles, std::size_t warm_up,
                                                   std::size_t window_size) {
  if (candles.size() < warm_up + window_size + 2) {
    throw Error(
        Failure::data_blocked,
        fmt::format("{} candles are too few: {} rows warm the features up, a window of {} and 2 more are "
                    "needed; fetch at least {}",
                    candles.size(), warm_up, window_size, warm_up + window_size + 2));
  }
  check_prices(candles);
  const auto matrix = features::compute(features, candles);
  auto data = std::make_shared<MarketData>();
  data->features.assign(matrix.values.begin(), matrix.values.end());
  data->columns = matrix.columns;
  data->first_row = warm_up;
  data->candles = std::move(candles);
  check_features(*data, features.columns());
  return data;
}

std::shared_ptr<const MarketData> MarketData::prices_only(std::vector<market::Candle> candles) {
  if (candles.size() < 2) {
    throw Error(Failure::data_blocked,
                fmt::format("{} candles are too few: a step needs a bar and the next one", candles.size()));
  }
  check_prices(candles);
  auto data = std::make_shared<MarketData>();
  data->candles = std::move(candles);
  return data;
}

}  // namespace ctt::environment
