#pragma once

#include <span>
#include <vector>

#include "market/candle.h"
#include "market/source.h"

namespace ctt::market {

/// Whether two candles have the same five values; not-a-number is the same as itself.
bool same_values(const Candle& a, const Candle& b);

/// Puts rows in the order of their times; of those of one time the last one stays: the later counts.
/// Returns the rows that gave way to one with other values, in the same order.
std::vector<Candle> put_in_order(std::vector<Candle>& rows);

/// The stretches of the range's grid times for which there is no candle, oldest first: what a
/// fetch still has to ask for, and what `--max-gap` measures. The candles may stand in any order.
std::vector<TimeRange> gaps(std::span<const Candle> candles, const TimeRange& range, Timeframe timeframe);

/// Grid times from `range.first` to `range.last`, both included; 0 when the range is empty.
std::size_t bars_in(const TimeRange& range, Timeframe timeframe);

/// The most common distance from one opening time to the next; 0 of fewer than two bars. The candles may
/// stand in any order.
std::chrono::seconds usual_distance(std::span<const Candle> candles);

/// A bar that its source has since changed.
struct Revision {
  Candle stored;
  Candle fetched;
};

/// The bars that are in both and differ in any number. Both oldest first, each time once.
std::vector<Revision> revisions(std::span<const Candle> stored, std::span<const Candle> fetched);

}  // namespace ctt::market
