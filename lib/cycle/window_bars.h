#pragma once

#include <functional>

#include "cycle/fetch.h"

namespace ctt::cycle {

/// Where a window may end, and how many rows it has, its warm-up included.
struct WindowSpan {
  base::Seconds newest{};
  std::size_t rows = 0;
  bool over_holes = false;  ///< holes stay holes: as many bars are wanted, however far back they reach
};

/// The newest stored bars up to `span.newest` that a window may need: as many on the grid as it has rows,
/// though holes lie between them, and before these a sound one, whose price fills a hole at the beginning.
/// All there are when those do not suffice.
market::CandleSeries stored_bars(store::Database& database, const store::SeriesKey& key,
                                 const WindowSpan& span);

/// The `count` newest bars there are up to `last`, oldest first.
using NewestBars = std::function<market::CandleSeries(std::size_t count, base::Seconds last)>;
/// The same of bars that are kept elsewhere.
market::CandleSeries stored_bars(const NewestBars& newest, const WindowSpan& span);

/// Brings the stored candles of a window up to date like `fetch`, and asks for older bars, more each time,
/// until there are enough of them (see `stored_bars`) or the source has no more.
FetchReport fetch_window(store::Database& database, market::CandleSource& source, const store::SeriesKey& key,
                         const WindowSpan& span, const base::Clock& clock);
/// The same, added to `report`, which has what was stored before a source failed as well.
void fetch_window(store::Database& database, market::CandleSource& source, const store::SeriesKey& key,
                  const WindowSpan& span, const base::Clock& clock, FetchReport& report);

}  // namespace ctt::cycle
