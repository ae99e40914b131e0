#include "cmd/open_source.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "market/sources.h"

namespace ctt::cmd {

namespace {

// The part of source_config that is the source's own: without what names the series.
std::string own_config(const store::Dataset& dataset) {
  auto config = base::JsonValue::parse(dataset.source_config, "dataset " + dataset.id).as_object();
  base::JsonWriter own;
  own.object();
  for (const auto& key : config.keys()) {
    if (key != "symbol" && key != "timeframe") own.raw_field(key, config.at(key).text());
  }
  return own.end().text();
}

}  // namespace

std::unique_ptr<market::CandleSource> open_source(const store::Dataset& dataset) {
  if (dataset.source_type == "alpaca") {
    throw base::Error(base::Failure::refused, fmt::format("dataset {} comes from Alpaca, which this version of ctt does not fetch from", dataset.id))
        .fix("ctt datasets create NAME --source csv --file CANDLES.csv --symbol BTC/USD --timeframe 1h");
  }
  const auto key = dataset.series();
  return market::open_source(dataset.source_type, own_config(dataset), key.symbol, key.timeframe);
}

}  // namespace ctt::cmd
