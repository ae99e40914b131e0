#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/time.h"

namespace ctt::market {

/// The width of a bar: one of 1m 5m 15m 1h 4h 1d 1w.
class Timeframe {
 public:
  Timeframe() = default;  ///< 1h

  /// Reads ctt's names and Alpaca's (`1Min`, `5Min`, `15Min`, `1Hour`, `4Hour`, `1Day`, `1Week`).
  /// Throws Error(usage) that lists the names.
  static Timeframe parse(std::string_view name);

  std::chrono::seconds duration() const { return duration_; }
  std::string name() const;         ///< `1h`
  std::string alpaca_name() const;  ///< `1Hour`

  /// The opening time of the bar that `instant` falls in: midnight-aligned UTC; weeks open on Monday.
  base::Seconds floor(base::Instant instant) const;
  bool on_grid(base::Seconds open_time) const { return floor(open_time) == open_time; }

  /// The opening time of the newest bar that is closed at `now`.
  base::Seconds newest_closed(base::Instant now) const { return floor(now) - duration_; }

  bool operator==(const Timeframe&) const = default;

 private:
  explicit Timeframe(std::chrono::seconds duration) : duration_(duration) {}
  std::chrono::seconds duration_{3600};
};

}  // namespace ctt::market
