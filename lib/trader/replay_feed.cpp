#include "trader/replay_feed.h"

#include <thread>

#include "base/error.h"

namespace ctt::trader {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

double pace(ReplaySpeed speed, market::Timeframe timeframe) {
  if (!(speed.bars_per_second >= 0) || !(speed.factor >= 0) || std::isinf(speed.bars_per_second) ||
      std::isinf(speed.factor)) {
    throw base::Error(base::Failure::usage,
                      "a replay's speed is a positive number, or 0 for as fast as it can");
  }
  if (speed.bars_per_second > 0) return speed.bars_per_second;
  return speed.factor / static_cast<double>(timeframe.duration().count());
}

}  // namespace

ReplayFeed::ReplayFeed(market::CandleSeries series, ReplaySpeed speed)
    : series_(std::move(series)), bars_per_second_(pace(speed, series_.timeframe)) {}

ReplayFeed::ReplayFeed(market::CandleSource& source, const market::TimeRange& range, std::string symbol,
                       market::Timeframe timeframe, ReplaySpeed speed)
    : ReplayFeed({std::move(symbol), timeframe, source.closed_candles(range)}, speed) {}

std::vector<market::Candle> ReplayFeed::history(std::size_t rows) {
  const auto count = std::min(rows, left());
  const auto from = series_.candles.begin() + static_cast<std::ptrdiff_t>(next_);
  next_ += count;
  return {from, from + static_cast<std::ptrdiff_t>(count)};
}

steady_clock::time_point ReplayFeed::due() const {
  const auto bars = static_cast<double>(next_ - paced_from_);
  return *began_ + std::chrono::duration_cast<steady_clock::duration>(
                       std::chrono::duration<double>(bars / bars_per_second_));
}

FeedEvent ReplayFeed::next(milliseconds wait) {
  if (left() == 0) return {FeedEvent::Kind::ended, {}};
  if (bars_per_second_ > 0) {
    const auto now = steady_clock::now();
    if (!began_) {
      began_ = now;
      paced_from_ = next_;
    }
    if (due() > now + wait) {
      std::this_thread::sleep_for(wait);
      return {FeedEvent::Kind::idle, {}};
    }
    std::this_thread::sleep_until(due());
  }
  const auto& candle = series_.candles[next_++];
  return {FeedEvent::Kind::bar, {candle, series_.timeframe, left() == 0}};
}

}  // namespace ctt::trader
