#include "market/series.h"

#include <map>

namespace ctt::market {

namespace {

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

bool same_values(const Candle& a, const Candle& b) {
  return same(a.open, b.open) && same(a.high, b.high) && same(a.low, b.low) && same(a.close, b.close) &&
         same(a.volume, b.volume);
}

std::vector<Candle> put_in_order(std::vector<Candle>& rows) {
  const auto time = &Candle::open_time;
  if (std::ranges::adjacent_find(rows, std::ranges::greater_equal{}, time) == rows.end()) return {};
  std::ranges::stable_sort(rows, {}, time);
  std::vector<Candle> gave_way;
  std::size_t kept = 0;
  for (const auto& row : rows) {
    const bool again = kept > 0 && rows[kept - 1].open_time == row.open_time;
    if (again && !same_values(rows[kept - 1], row)) gave_way.push_back(rows[kept - 1]);
    rows[again ? kept - 1 : kept++] = row;
  }
  rows.resize(kept);
  return gave_way;
}

std::size_t bars_in(const TimeRange& range, Timeframe timeframe) {
  const auto width = timeframe.duration();
  auto first = timeframe.floor(range.first);
  if (first < range.first) first += width;
  return range.last < first ? 0 : static_cast<std::size_t>((range.last - first) / width) + 1;
}

std::vector<TimeRange> gaps(std::span<const Candle> candles, const TimeRange& range, Timeframe timeframe) {
  const auto width = timeframe.duration();
  std::vector<TimeRange> missing;
  auto next = timeframe.floor(range.first);
  if (next < range.first) next += width;
  const auto pass = [&](base::Seconds time) {
    if (time < range.first || time > range.last || !timeframe.on_grid(time)) return;
    if (time > next) missing.push_back({next, time - width});
    next = std::max(next, time + width);
  };
  if (std::ranges::is_sorted(candles, {}, &Candle::open_time)) {
    for (const auto& candle : candles) pass(candle.open_time);
  } else {
    std::vector<base::Seconds> times;
    for (const auto& candle : candles) times.push_back(candle.open_time);
    std::ranges::sort(times);
    for (const auto time : times) pass(time);
  }
  if (next <= range.last) missing.push_back({next, timeframe.floor(range.last)});
  return missing;
}

std::chrono::seconds usual_distance(std::span<const Candle> candles) {
  std::map<std::chrono::seconds, std::size_t> counts;
  const auto count = [&](base::Seconds before, base::Seconds time) {
    if (time > before) ++counts[time - before];
  };
  if (std::ranges::is_sorted(candles, {}, &Candle::open_time)) {
    for (std::size_t i = 1; i < candles.size(); ++i) count(candles[i - 1].open_time, candles[i].open_time);
  } else {
    std::vector<base::Seconds> times;
    for (const auto& candle : candles) times.push_back(candle.open_time);
    std::ranges::sort(times);
    for (std::size_t i = 1; i < times.size(); ++i) count(times[i - 1], times[i]);
  }
  const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
  return most == counts.end() ? std::chrono::seconds(0) : most->first;
}

std::vector<Revision> revisions(std::span<const Candle> stored, std::span<const Candle> fetched) {
  std::vector<Revision> changed;
  auto old = stored.begin();
  for (const auto& candle : fetched) {
    while (old != stored.end() && old->open_time < candle.open_time) ++old;
    if (old == stored.end()) break;
    if (old->open_time == candle.open_time && !same_values(*old, candle)) changed.push_back({*old, candle});
  }
  return changed;
}

}  // namespace ctt::market
