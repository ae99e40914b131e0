#pragma once

#include <chrono>
#include <vector>

#include "market/source.h"
#include "store/candles.h"

namespace ctt::cycle {

/// What a fetch brought.
struct FetchReport {
  std::vector<market::TimeRange> asked_for;  ///< the ranges that the source was asked for, oldest first
  std::size_t asked = 0;                     ///< candles the source answered with
  store::Upserted stored;
  std::size_t conflicting = 0;  ///< rows that gave way to a later one of their time with other values
  std::optional<base::Seconds> first_conflicting;
  std::vector<base::Seconds> revised;  ///< opening times of stored bars that the source has changed
};

/// So many of the newest stored bars are asked for again, unless another number is given.
inline constexpr std::size_t kOverlap = 12;

/// Brings the stored candles of a range up to date: asks the source for what is missing, and again
/// for the `overlap` newest stored bars, so that revisions show.
///
/// A remote source is asked for what it has not answered about yet: holes of our own are closed, its
/// own are not asked for again. Missing stretches that lie close together become one question. Pieces
/// are stored as they come, each in a transaction that no waiting falls into; what was stored before a
/// source failed stays, and the next fetch goes on from there.
FetchReport fetch(store::Database& database, market::CandleSource& source, const store::SeriesKey& key,
                  const market::TimeRange& wanted, const base::Clock& clock, std::size_t overlap = kOverlap);
/// The same, added to `report`, which has what was stored before a source failed as well. `asked_for` is of the last
/// call.
void fetch(store::Database& database, market::CandleSource& source, const store::SeriesKey& key,
           const market::TimeRange& wanted, const base::Clock& clock, std::size_t overlap,
           FetchReport& report);

/// The opening time of the newest bar that is closed at `now` and that the source has, as far as it
/// tells without being asked for bars.
base::Seconds newest_bar(market::CandleSource& source, const market::Timeframe& timeframe, base::Instant now);

/// A market may be quiet when a bar should have closed, and a bar may come late: so many newest bars
/// may be missing before a window is called stale.
inline constexpr int kLateBarsMax = 3;

/// The bar that a window ends with: `newest`, or of a remote source the newest stored one when no more
/// than kLateBarsMax are missing.
base::Seconds window_end(store::Database& database, const market::CandleSource& source,
                         const store::SeriesKey& key, base::Seconds newest);
/// The same of a remote source whose newest stored bar, up to `newest`, is known.
base::Seconds window_end(std::optional<base::Seconds> newest_stored, base::Seconds newest,
                         const market::Timeframe& timeframe);

}  // namespace ctt::cycle
