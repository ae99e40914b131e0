#pragma once

#include "market/candle.h"
#include "market/source.h"
#include "store/transaction.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ctt::store {

/// Whose candles: the same instrument from two sources is two series, so that made-up candles
/// never mix with a market's.
struct SeriesKey {
  std::string source;  ///< `alpaca`, or `dataset:<id>` for candles that belong to one dataset
  std::string symbol;  ///< `BTC/USD`
  market::Timeframe timeframe;
  bool operator==(const SeriesKey&) const = default;
};

/// What an upsert found; the three add up to the candles given.
struct Upserted {
  std::size_t inserted = 0;
  std::size_t unchanged = 0;
  std::size_t revised = 0;
  std::optional<base::Seconds> first_revised;  ///< the oldest bar whose values changed
  std::vector<base::Seconds> revised_at;       ///< the bars whose values changed

  Upserted& operator+=(const Upserted& more);
};

/// A candle's earlier values, kept when a source changed its mind.
struct CandleRevision {
  market::Candle before;
  base::Instant replaced_at{};
};

struct CandleStats {
  std::size_t count = 0;
  std::optional<market::TimeRange> range;
};

namespace candles {

/// Stores candles under their opening times; a candle with other values than the stored one takes
/// its place, and the older values go to the revisions. Bad values are stored as they are, only
/// not-a-number and null are the same.
Upserted upsert(Transaction& change, const SeriesKey& key, std::span<const market::Candle> candles,
                base::Instant now);

/// Notes that the source has answered about all of `range`: what is missing in it is missing there.
void cover(Transaction& change, const SeriesKey& key, const market::TimeRange& range);
/// The parts of `range`, on the grid, that no answer has covered, oldest first.
std::vector<market::TimeRange> uncovered(Database& database, const SeriesKey& key,
                                         const market::TimeRange& range);

/// Forgets a series with its revisions; returns how many candles it had.
std::size_t remove(Transaction& change, const SeriesKey& key);

/// Those there are, oldest first, both ends included.
market::CandleSeries range(Database& database, const SeriesKey& key, const market::TimeRange& range);
/// The `count` newest with an opening time of at most `last`, oldest first.
market::CandleSeries newest(Database& database, const SeriesKey& key, std::size_t count,
                            std::optional<base::Seconds> last = std::nullopt);
CandleStats stats(Database& database, const SeriesKey& key);
/// The earlier values of one bar, oldest first.
std::vector<CandleRevision> revisions(Database& database, const SeriesKey& key, base::Seconds open_time);
/// Bars that have earlier values.
struct RevisedBars {
  std::size_t count = 0;
  std::optional<base::Seconds> first;
};
RevisedBars revised_bars(Database& database, const SeriesKey& key, const market::TimeRange& range);

}  // namespace candles
}  // namespace ctt::store
