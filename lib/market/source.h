#pragma once

#include <functional>
#include <optional>
#include <span>
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

  /// The same piece by piece, so that a long range need not be held in memory. Each piece is oldest
  /// first and newer than those before it.
  virtual void each_piece(const TimeRange& range, const std::function<void(std::span<const Candle>)>& take) {
    take(closed_candles(range));
  }

  /// True when each question costs the network something: then what was answered once, holes
  /// included, is not asked for again.
  virtual bool remote() const { return false; }

  /// The range there is, or nothing when the source cannot tell without fetching all of it.
  virtual std::optional<TimeRange> available() { return std::nullopt; }
};

}  // namespace ctt::market
