#include "cycle/fetch.h"

#include <algorithm>

namespace ctt::cycle {

namespace {

// The part of `wanted` that has to be asked for: from the first bar that is not stored, less the overlap.
market::TimeRange missing(store::Database& database, const store::SeriesKey& key, const market::TimeRange& wanted,
                          std::size_t overlap) {
  const auto stored = store::candles::range(database, key, wanted);
  const auto width = key.timeframe.duration();
  auto expected = wanted.first;
  for (const auto& candle : stored.candles) {
    if (candle.open_time != expected) break;
    expected += width;
  }
  const auto first = std::max(wanted.first, expected - width * static_cast<long>(overlap));
  return {first, wanted.last};
}

}  // namespace

FetchReport fetch(store::Database& database, market::CandleSource& source, const store::SeriesKey& key,
                  const market::TimeRange& wanted, const base::Clock& clock, std::size_t overlap) {
  const auto candles = source.closed_candles(missing(database, key, wanted, overlap));
  store::Transaction change(database);
  FetchReport report{candles.size(), store::candles::upsert(change, key, candles, clock.now())};
  change.commit();
  return report;
}

base::Seconds newest_bar(market::CandleSource& source, const market::Timeframe& timeframe, base::Instant now) {
  const auto newest = timeframe.newest_closed(now);
  const auto available = source.available();
  return available ? std::min(newest, available->last) : newest;
}

}  // namespace ctt::cycle
