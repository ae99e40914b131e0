#include "serve/dataset_preview.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/json.h"
#include "features/features.h"
#include "market/sources.h"

namespace ctt::serve {

namespace {

constexpr std::size_t kBars = 5000;
constexpr std::size_t kSample = 20;

struct PreviewBars {
  std::vector<market::Candle> newest;
  std::optional<market::TimeRange> range;
  std::size_t count = 0;
};

PreviewBars stored(store::Database& database, const store::SeriesKey& key) {
  const auto stats = store::candles::stats(database, key);
  return {store::candles::newest(database, key, kBars).candles, stats.range, stats.count};
}

PreviewBars from_source(const store::Dataset& dataset, const store::SeriesKey& key, base::Instant now) {
  const auto source =
      market::open_source(dataset.source_type, dataset.source_settings(), key.symbol, key.timeframe);
  const auto newest = key.timeframe.newest_closed(now);
  const auto width = key.timeframe.duration() * static_cast<std::int64_t>(kBars - 1);
  const auto range = source->available().value_or(market::TimeRange{newest - width, newest});
  PreviewBars bars;
  bars.newest = source->closed_candles({range.first, std::min(range.last, newest)});
  bars.count = bars.newest.size();
  if (bars.newest.empty()) return bars;
  bars.range = market::TimeRange{bars.newest.front().open_time, bars.newest.back().open_time};
  if (bars.count > kBars) bars.newest.erase(bars.newest.begin(), bars.newest.end() - kBars);
  return bars;
}

struct Stats {
  double count = 0, mean = 0, squares = 0;  // Welford's
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();

  void add(double value) {
    if (!std::isfinite(value)) return;
    ++count;
    const double off = value - mean;
    mean += off / count;
    squares += off * (value - mean);
    least = std::min(least, value);
    most = std::max(most, value);
  }
  void write(base::JsonWriter& json) const {
    json.object()
        .field("mean", mean)
        .field("std", count > 1 ? std::sqrt(squares / (count - 1)) : 0)
        .field("min", least)
        .field("max", most)
        .end();
  }
};

void add_stats(base::JsonWriter& json, const features::FeatureSet& set,
               const std::vector<market::Candle>& candles) {
  const auto matrix = features::compute(set, candles);
  json.key("feature_stats").object();
  for (std::size_t column = 0; column < matrix.columns; ++column) {
    Stats stats;
    for (std::size_t row = 0; row < matrix.rows; ++row) stats.add(matrix.at(row, column));
    if (stats.count == 0) continue;  // no bars, or fewer than the feature looks back on
    stats.write(json.key(set.columns()[column]));
  }
  json.end();
}

}  // namespace

std::string dataset_preview(store::Database& database, const store::Dataset& dataset, base::Instant now) {
  const auto key = dataset.series();
  auto bars = stored(database, key);
  if (bars.count == 0 && dataset.source_type != "alpaca") bars = from_source(dataset, key, now);
  const auto set = features::FeatureSet::parse(dataset.features, "dataset " + dataset.id);
  base::JsonWriter json;
  json.object().field("rows", bars.count).field("columns", set.columns()).key("date_range").object();
  json.field("start", bars.range ? std::optional(bars.range->first) : std::nullopt)
      .field("end", bars.range ? std::optional(bars.range->last) : std::nullopt)
      .end();
  json.key("ohlcv_sample").array();
  const auto skipped = bars.newest.size() - std::min(kSample, bars.newest.size());
  for (auto i = skipped; i < bars.newest.size(); ++i) {
    const auto& candle = bars.newest[i];
    json.object().field("date", candle.open_time).field("open", candle.open);
    json.field("high", candle.high).field("low", candle.low).field("close", candle.close);
    json.field("volume", candle.volume).end();
  }
  json.end();
  add_stats(json, set, bars.newest);
  return json.end().text();
}

}  // namespace ctt::serve
