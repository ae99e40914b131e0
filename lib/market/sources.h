#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "market/source.h"

namespace ctt::market {

/// The source that a dataset names, for those that need no network.
///
/// - `csv`: `{"file":"btc.csv"}`.
/// - `synthetic`: `{"seed":7,"regime":"gbm"|"regimes","candles":5000,"start":"2024-01-01T00:00:00Z",
///   "price":10000,"volatility":0.6,"drift":0.2}`; every key may be left out.
///
/// `symbol` only names the dataset in errors. The file is not opened yet.
/// Throws Error(usage) for another type, an unknown key and a value that makes no sense.
std::unique_ptr<CandleSource> open_source(std::string_view type, std::string_view config_json,
                                          const std::string& symbol, Timeframe timeframe);

}  // namespace ctt::market
