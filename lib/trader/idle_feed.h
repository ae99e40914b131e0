#pragma once

#include <thread>

#include "trader/feed.h"

namespace ctt::trader {

/// A feed without bars, for a trader that has something to finish but nothing to decide.
class IdleFeed : public BarFeed {
 public:
  std::vector<market::Candle> history(std::size_t) override { return {}; }
  FeedEvent next(std::chrono::milliseconds wait) override {
    std::this_thread::sleep_for(wait);
    return {};
  }
  bool live() const override { return true; }
  std::string name() const override { return "none"; }
};

}  // namespace ctt::trader
