#include "alpaca/minute_bars.h"

#include <cmath>

namespace ctt::alpaca {

namespace {

// Corrections come up to half a minute after the next minute's bar: narrow bars are remembered as long.
constexpr std::chrono::minutes kCorrectedWithin{5};

// One that is no number stays one: what is wrong with a part is wrong with the whole.
double larger(double a, double b) { return std::isnan(a) || a >= b ? a : b; }
double smaller(double a, double b) { return std::isnan(a) || a <= b ? a : b; }

}  // namespace

MinuteBars::MinuteBars(market::Timeframe timeframe, base::Seconds first, std::chrono::milliseconds grace)
    : timeframe_(timeframe), next_(first), kept_(first), grace_(grace) {}

bool MinuteBars::has_minutes(base::Seconds open_time) const {
  const auto found = minutes_.lower_bound(open_time);
  return found != minutes_.end() && found->first < open_time + timeframe_.duration();
}

market::Candle MinuteBars::bar_at(base::Seconds open_time) const {
  auto minute = minutes_.lower_bound(open_time);
  market::Candle bar = minute->second;
  bar.open_time = open_time;
  const auto end = minutes_.lower_bound(open_time + timeframe_.duration());
  for (++minute; minute != end; ++minute) {
    bar.high = larger(bar.high, minute->second.high);
    bar.low = smaller(bar.low, minute->second.low);
    bar.close = minute->second.close;
    bar.volume += minute->second.volume;
  }
  return bar;
}

std::optional<MinuteBars::Correction> MinuteBars::take(const market::Candle& minute) {
  if (minute.open_time < kept_) return std::nullopt;
  const auto open_time = timeframe_.floor(minute.open_time);
  const bool was_given = open_time < next_;
  Correction correction;
  if (was_given && has_minutes(open_time)) correction.given = bar_at(open_time);
  minutes_[minute.open_time] = minute;
  if (!was_given) return std::nullopt;
  correction.corrected = bar_at(open_time);
  if (correction.given == correction.corrected) return std::nullopt;
  return correction;
}

std::vector<market::Candle> MinuteBars::take_closed(base::Instant now) {
  std::vector<market::Candle> closed;
  for (auto minute = minutes_.lower_bound(next_); minute != minutes_.end();
       minute = minutes_.lower_bound(next_)) {
    const auto open_time = timeframe_.floor(minute->first);
    const auto end = open_time + timeframe_.duration();
    const bool followed = minutes_.rbegin()->first >= end;
    if (now < end || (!followed && now < end + grace_)) break;
    closed.push_back(bar_at(open_time));
    next_ = end;
  }
  forget_old();
  return closed;
}

void MinuteBars::forget_old() {
  const auto back = std::max<std::chrono::seconds>(timeframe_.duration(), kCorrectedWithin);
  kept_ = std::max(kept_, timeframe_.floor(next_ - back));
  minutes_.erase(minutes_.begin(), minutes_.lower_bound(kept_));
}

std::optional<base::Seconds> MinuteBars::newest_minute() const {
  if (minutes_.empty()) return std::nullopt;
  return minutes_.rbegin()->first;
}

}  // namespace ctt::alpaca
