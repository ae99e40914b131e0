#pragma once

#include <chrono>
#include <vector>

#include "market/source.h"
#include "store/candles.h"

namespace ctt::cycle {

/// What a fetch brought.
struct FetchReport {
  std::size_t asked = 0;  ///< candles the source answered with
  store::Upserted stored;
  std::vector<base::Seconds> revised;  ///< opening times of stored bars that the source has changed
};

/// Brings the stored candles of a range up to date: asks the source for what is missing, and again
/// for the `overlap` newest stored bars, so that revisions show. The source is asked before the
/// transaction begins.
FetchReport fetch(store::Database& database, market::CandleSource& source, const store::SeriesKey& key,
                  const market::TimeRange& wanted, const base::Clock& clock, std::size_t overlap = 12);

/// The opening time of the newest bar that is closed at `now` and that the source has.
base::Seconds newest_bar(market::CandleSource& source, const market::Timeframe& timeframe, base::Instant now);

}  // namespace ctt::cycle
