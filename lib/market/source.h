#pragma once

#include <optional>
#include <vector>

#include "market/candle.h"

namespace ctt::market {

/// Opening times from `first` to `last`, both included.
struct TimeRange {
  base::Seconds first{};
  base::Seconds last{};
};

/// Where candles come from: a file, a generator, a broker.
class CandleSource {
 public:
  virtual ~CandleSource() = default;

  /// The closed candles of the range that the source has, oldest first. Holes stay holes and bad
  /// values stay as they are: judging them is the window's work. May do I/O.
  /// Throws Error(data_blocked) for unreadable content, Error(unreachable) when the source is gone.
  virtual std::vector<Candle> closed_candles(const TimeRange& range) = 0;

  /// The range there is, or nothing when the source cannot tell without fetching all of it.
  virtual std::optional<TimeRange> available() { return std::nullopt; }
};

}  // namespace ctt::market
