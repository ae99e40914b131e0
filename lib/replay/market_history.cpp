#include "replay/market_history.h"

#include <algorithm>

namespace ctt::replay {

MarketHistory::MarketHistory(market::CandleSeries candles, bool remote)
    : series_(std::move(candles)), remote_(remote) {}

std::span<const market::Candle> MarketHistory::bars(base::Seconds first, base::Seconds last) const {
  const auto& all = series_.candles;
  const auto begin = std::ranges::lower_bound(all, first, {}, &market::Candle::open_time);
  const auto end = std::ranges::upper_bound(all, last, {}, &market::Candle::open_time);
  return begin < end ? std::span(begin, end) : std::span<const market::Candle>();
}

std::span<const market::Candle> MarketHistory::before(base::Seconds first, std::size_t count) const {
  const auto& all = series_.candles;
  const auto end = std::ranges::lower_bound(all, first, {}, &market::Candle::open_time);
  const auto there = static_cast<std::size_t>(end - all.begin());
  return std::span(all).subspan(there - std::min(there, count), std::min(there, count));
}

market::CandleSeries MarketHistory::newest(std::size_t count, base::Seconds last) const {
  const auto rows = before(last + std::chrono::seconds(1), count);
  return {series_.symbol, series_.timeframe, {rows.begin(), rows.end()}};
}

market::Window MarketHistory::window(const cycle::FineTuning& tuning, base::Instant slot) const {
  const auto& timeframe = tuning.config.timeframe;
  auto span = tuning.span(timeframe.newest_closed(slot));
  if (remote_) {
    const auto stored = newest(1, span.newest).candles;
    span.newest = cycle::window_end(stored.empty() ? std::nullopt : std::optional(stored.back().open_time),
                                    span.newest, timeframe);
  }
  const auto rows =
      cycle::stored_bars([&](std::size_t count, base::Seconds last) { return newest(count, last); }, span);
  auto window = market::cut_window(rows, tuning.window_request(span.newest), tuning.config.data_policy);
  market::pass_data_gate(window, tuning.config.data_policy);
  return window;
}

}  // namespace ctt::replay
