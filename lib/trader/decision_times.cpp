#include "trader/decision_times.h"

#include <algorithm>

namespace ctt::trader {

void DecisionTimer::add(std::chrono::nanoseconds took) {
  const double us = std::chrono::duration<double, std::micro>(took).count();
  if (us_.size() < kKept)
    us_.push_back(us);
  else
    us_[next_] = us;
  next_ = (next_ + 1) % kKept;
}

std::optional<DecisionTimes> DecisionTimer::newest() const {
  if (us_.empty()) return std::nullopt;
  auto sorted = us_;
  std::ranges::sort(sorted);
  // The smallest that at least so many in a hundred do not exceed.
  const auto rank = [&](std::size_t hundredths) {
    return sorted[(sorted.size() * hundredths + 99) / 100 - 1];
  };
  return DecisionTimes{.us_p50 = rank(50), .us_p99 = rank(99), .us_max = sorted.back()};
}

}  // namespace ctt::trader
