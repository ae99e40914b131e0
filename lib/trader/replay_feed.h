#pragma once

#include <optional>

#include "market/source.h"
#include "trader/feed.h"

namespace ctt::trader {

/// How fast a replay goes. Without either: as fast as it can.
struct ReplaySpeed {
  double bars_per_second = 0;  ///< > 0: so many, whatever their width
  double factor = 0;           ///< > 0: so many times real time
};

/// Stored candles as a feed, each exactly once, in order.
///
/// The first rows serve `history`; what is left is delivered at the speed asked for. The pace
/// counts from the first `next`, so a slow decision does not shift the bars after it.
class ReplayFeed : public BarFeed {
 public:
  explicit ReplayFeed(market::CandleSeries series, ReplaySpeed speed = {});

  /// The closed candles of a source, all or a range of them.
  ReplayFeed(market::CandleSource& source, const market::TimeRange& range, std::string symbol,
             market::Timeframe timeframe, ReplaySpeed speed = {});

  std::vector<market::Candle> history(std::size_t rows) override;
  FeedEvent next(std::chrono::milliseconds wait) override;
  bool live() const override { return false; }
  std::string name() const override { return "replay"; }

  std::size_t left() const { return series_.candles.size() - next_; }

 private:
  std::chrono::steady_clock::time_point due() const;

  market::CandleSeries series_;
  double bars_per_second_ = 0;  // 0: no pace
  std::size_t next_ = 0;
  std::size_t paced_from_ = 0;
  std::optional<std::chrono::steady_clock::time_point> began_;
};

}  // namespace ctt::trader
