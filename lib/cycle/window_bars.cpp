#include "cycle/window_bars.h"

#include <algorithm>

#include "market/soundness.h"

namespace ctt::cycle {

namespace {

// How many older bars are asked for at first, and at the most at once.
constexpr long kOlderBars = 1000;
constexpr long kOlderBarsMax = 16'000;

// A price that a later hole may be filled with, whatever the data policy says about quiet bars.
bool fills_holes(const market::Candle& candle) {
  return market::soundness_of(candle) == market::Soundness::sound && candle.volume > 0;
}

bool suffices(const market::CandleSeries& series, std::size_t rows) {
  std::size_t on_grid = 0;
  for (auto candle = series.candles.rbegin(); candle != series.candles.rend(); ++candle) {
    if (!series.timeframe.on_grid(candle->open_time)) continue;
    if (on_grid++ >= rows && fills_holes(*candle)) return true;
  }
  return false;
}

// Whether the window can do without older bars: it begins with a price of its own, and where holes stay
// it has none.
bool is_complete(const market::CandleSeries& series, const WindowSpan& span) {
  const auto first = span.newest - series.timeframe.duration() * (static_cast<long>(span.rows) - 1);
  const auto row = std::ranges::find(series.candles, first, &market::Candle::open_time);
  if (row == series.candles.end() || !fills_holes(*row)) return false;
  return !span.over_holes || static_cast<std::size_t>(series.candles.end() - row) >= span.rows;
}

// Whether a source may have bars from before `first`. One that does not say has none when it answers nothing about a
// long stretch; what it was not asked, because it has answered already, says nothing of what lies before.
bool may_have_older(market::CandleSource& source, base::Seconds first, const FetchReport& answer, long bars) {
  if (const auto available = source.available()) return available->first < first;
  const bool said_nothing = answer.asked == 0 && !answer.asked_for.empty();
  return first > base::Seconds{} && !(said_nothing && bars >= kOlderBarsMax);
}

void add_older(FetchReport& report, const FetchReport& older) {
  report.asked_for.insert(report.asked_for.begin(), older.asked_for.begin(), older.asked_for.end());
  report.asked += older.asked;
  report.stored += older.stored;
  report.conflicting += older.conflicting;
  if (older.first_conflicting) report.first_conflicting = older.first_conflicting;
  report.revised.insert(report.revised.begin(), older.revised.begin(), older.revised.end());
}

}  // namespace

market::CandleSeries stored_bars(store::Database& database, const store::SeriesKey& key,
                                 const WindowSpan& span) {
  return stored_bars([&](std::size_t count,
                         base::Seconds last) { return store::candles::newest(database, key, count, last); },
                     span);
}

market::CandleSeries stored_bars(const NewestBars& newest, const WindowSpan& span) {
  for (auto count = span.rows + 1;; count *= 2) {
    auto series = newest(count, span.newest);
    if (series.candles.size() < count || suffices(series, span.rows)) return series;
  }
}

FetchReport fetch_window(store::Database& database, market::CandleSource& source, const store::SeriesKey& key,
                         const WindowSpan& span, const base::Clock& clock) {
  FetchReport report;
  fetch_window(database, source, key, span, clock, report);
  return report;
}

void fetch_window(store::Database& database, market::CandleSource& source, const store::SeriesKey& key,
                  const WindowSpan& span, const base::Clock& clock, FetchReport& report) {
  const auto width = key.timeframe.duration();
  auto first = span.newest - width * (static_cast<long>(span.rows) - 1);
  // Some more at the beginning of a remote source, for a window that ends early because its newest bars are late.
  if (source.remote()) first -= width * kLateBarsMax;
  fetch(database, source, key, {first, span.newest}, clock, kOverlap, report);
  for (auto older = kOlderBars;; older = std::min(2 * older, kOlderBarsMax)) {
    auto wanted = span;
    wanted.newest = window_end(database, source, key, span.newest);
    const auto stored = stored_bars(database, key, wanted);
    if (suffices(stored, span.rows) || is_complete(stored, wanted)) return;
    FetchReport more;
    try {
      fetch(database, source, key, {first - width * older, first - width}, clock, 0, more);
    } catch (...) {
      add_older(report, more);
      throw;
    }
    add_older(report, more);
    first -= width * older;
    if (more.asked == 0 && !may_have_older(source, first, more, older)) return;
  }
}

}  // namespace ctt::cycle
