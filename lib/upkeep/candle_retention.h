#pragma once

#include <chrono>
#include <vector>

#include "store/candle_pruning.h"

namespace ctt::upkeep {

/// Up to where the candles of one series may go.
struct CandleLimit {
  store::SeriesKey key;
  base::Seconds before{};  ///< the oldest bar that stays
};

/// Of each series that a schedule trains on and its source can be asked for again, the candles that are older than `kept` before its newest.
/// A clock that is wrong takes nothing, and neither does a source that is silent for a year.
///
/// Never among them: the window with its warm-up of a schedule that trains on the series, and what a decision for
/// an account was computed from, so that it can be checked. A series whose schedules cannot be read stays whole.
/// Cycles are reproduced from snapshots, not from these.
std::vector<CandleLimit> candle_limits(store::Database& database, std::chrono::seconds kept);

}  // namespace ctt::upkeep
