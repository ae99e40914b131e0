#pragma once

#include <optional>
#include <span>

#include "cycle/fine_tuning.h"
#include "market/window.h"

namespace ctt::replay {

/// The candles of a replay, which show no more of themselves at an instant than had closed by then.
///
/// Immutable after construction, so threads may share it.
class MarketHistory {
 public:
  /// `candles` are oldest first, each time once. `remote`: their source is one whose newest bars may be late.
  MarketHistory(market::CandleSeries candles, bool remote);

  const market::CandleSeries& series() const { return series_; }

  /// The window of a slot, cut and judged as `ctt cycle run --window-end SLOT` does.
  /// Throws Error(data_blocked) for what a cycle is blocked for.
  market::Window window(const cycle::FineTuning& tuning, base::Instant slot) const;

  /// Bars that opened from `first` to `last`.
  std::span<const market::Candle> bars(base::Seconds first, base::Seconds last) const;
  /// Up to `count` bars right before the one that opens at `first`, oldest first.
  std::span<const market::Candle> before(base::Seconds first, std::size_t count) const;

 private:
  market::CandleSeries newest(std::size_t count, base::Seconds last) const;

  market::CandleSeries series_;
  bool remote_;
};

}  // namespace ctt::replay
