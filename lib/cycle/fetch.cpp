#include "cycle/fetch.h"

#include <algorithm>

#include "market/series.h"

namespace ctt::cycle {

namespace {

// The part of `wanted` that has to be asked for: from the first bar that is not stored, less the overlap.
market::TimeRange missing(const market::CandleSeries& stored, const market::TimeRange& wanted,
                          std::size_t overlap) {
  const auto width = stored.timeframe.duration();
  auto expected = wanted.first;
  for (const auto& candle : stored.candles) {
    if (candle.open_time != expected) break;
    expected += width;
  }
  return {std::max(wanted.first, expected - width * static_cast<long>(overlap)), wanted.last};
}

}  // namespace

FetchReport fetch(store::Database& database, market::CandleSource& source, const store::SeriesKey& key,
                  const market::TimeRange& wanted, const base::Clock& clock, std::size_t overlap) {
  const auto stored = store::candles::range(database, key, wanted);
  const auto candles = source.closed_candles(missing(stored, wanted, overlap));
  FetchReport report;
  report.asked = candles.size();
  for (const auto& revision : market::revisions(stored.candles, candles))
    report.revised.push_back(revision.fetched.open_time);
  store::Transaction change(database);
  report.stored = store::candles::upsert(change, key, candles, clock.now());
  change.commit();
  return report;
}

base::Seconds newest_bar(market::CandleSource& source, const market::Timeframe& timeframe,
                         base::Instant now) {
  const auto newest = timeframe.newest_closed(now);
  const auto available = source.available();
  return available ? std::min(newest, available->last) : newest;
}

}  // namespace ctt::cycle
