#pragma once

#include <optional>
#include <string_view>

#include "trader/feed.h"

namespace ctt::trader {

/// Why a bar is not traded on. A refused bar touches nothing: no feature, no account, no scheme.
enum class BarRefusal {
  wrong_width,  ///< of another timeframe
  off_grid,     ///< does not open where its timeframe's bars open
  not_newer,    ///< older than, or the same as, the newest one taken
  not_closed,   ///< its end has not passed (of a live feed)
  not_finite,   ///< a price or the volume is no number (see market/soundness.h)
  impossible,   ///< its prices contradict each other or cannot be prices, or volume below 0 (the same)
};

/// `off_grid`: the word in logs and status.
std::string_view name(BarRefusal refusal);

/// What a bar is held against.
struct BarExpectation {
  market::Timeframe width;
  std::optional<base::Seconds> newest;  ///< opening time of the newest bar taken
  std::optional<base::Instant> now;     ///< of a live feed; nothing: history, closed by nature
};

/// Nothing when the bar may be used.
std::optional<BarRefusal> refusal_of(const FeedBar& bar, const BarExpectation& expected);

}  // namespace ctt::trader
