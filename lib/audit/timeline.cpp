#include "audit/timeline.h"

#include <algorithm>

#include "trader/observer.h"

namespace ctt::audit {

namespace {

// Bars between two decisions. Each bar that a session took counted as a step, so the steps tell how many of them it
// took; which ones, where it was neither all nor none, is told by what the trader does: after a hole that is longer
// than its features remember, the bars behind the hole warm them up. Else the older ones were taken.
void set_fates(std::span<TimelineBar> between, const store::LiveDecision& before,
               const store::LiveDecision& after, std::size_t rows_needed) {
  if (before.session_id != after.session_id) {
    for (auto& bar : between) bar.fate = BarFate::down;
    return;
  }
  const auto steps = static_cast<std::size_t>(std::max<std::int64_t>(0, after.step - before.step - 1));
  const auto taken = std::min(steps, between.size());
  const auto missed = between.size() - taken;
  const auto warming = missed > rows_needed ? std::min(taken, rows_needed - 1) : 0;
  for (auto& bar : between) bar.fate = BarFate::held;
  for (auto& bar : between.subspan(taken - warming, missed)) bar.fate = BarFate::missed;
}

}  // namespace

std::vector<TimelineBar> timeline_of(const SessionRecord& record, const market::CandleSeries& bars) {
  std::vector<TimelineBar> timeline;
  const auto first = record.decisions.front().bar_open_time;
  auto candle = std::ranges::lower_bound(bars.candles, first, {}, &market::Candle::open_time);
  const auto rows_needed = trader::Observer(record.contract).rows_needed();
  std::size_t after_newest = 0;  // index behind the newest decided bar
  const store::LiveDecision* newest = nullptr;
  const auto add_candles_before = [&](base::Seconds time) {
    for (; candle != bars.candles.end() && candle->open_time < time; ++candle)
      timeline.push_back({.time = candle->open_time, .candle = *candle, .close = candle->close});
  };
  for (const auto& decision : record.decisions) {
    if (decision.bar_open_time > record.range.last) break;
    add_candles_before(decision.bar_open_time);
    if (newest != nullptr)
      set_fates(std::span(timeline).subspan(after_newest), *newest, decision, rows_needed);
    TimelineBar bar{.time = decision.bar_open_time, .close = decision.price, .fate = BarFate::decided};
    if (candle != bars.candles.end() && candle->open_time == decision.bar_open_time) {
      bar.candle = *candle++;
      bar.close = bar.candle->close;
    }
    bar.decision = newest = &decision;
    timeline.push_back(bar);
    after_newest = timeline.size();
  }
  return timeline;
}

}  // namespace ctt::audit
