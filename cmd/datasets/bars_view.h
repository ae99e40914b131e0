#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "base/json.h"
#include "market/source.h"
#include "store/candles.h"

namespace ctt::cmd {

/// Some candles at a glance.
struct BarsView {
  std::size_t count = 0;
  std::optional<market::TimeRange> range;
  std::size_t holes = 0;                    ///< bars missing between the first and the last
  std::optional<std::chrono::seconds> age;  ///< since the newest bar closed

  BarsView(const market::CandleSeries& series, base::Instant now);
  /// Of stored bars, without reading them.
  BarsView(const store::CandleStats& stored, market::Timeframe timeframe, base::Instant now);

  void add(base::JsonWriter& json) const;
  /// `5,000 bars, 2018-01-01 00:00 .. 2018-07-28 07:00 UTC, 0 holes, newest 48 min old`.
  std::string text() const;
};

}  // namespace ctt::cmd
