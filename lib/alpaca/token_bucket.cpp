#include "alpaca/token_bucket.h"

#include <algorithm>
#include <cmath>

namespace ctt::alpaca {

using std::chrono::milliseconds;

TokenBucket::TokenBucket(double per_minute, double burst)
    : per_millisecond_(per_minute / 60'000), burst_(burst), tokens_(burst) {}

void TokenBucket::refill(Steady::time_point now) {
  if (at_ && now > *at_) {
    const std::chrono::duration<double, std::milli> passed = now - *at_;
    tokens_ = std::min(burst_, tokens_ + passed.count() * per_millisecond_);
  }
  at_ = std::max(at_.value_or(now), now);
}

milliseconds TokenBucket::take(Steady::time_point now) {
  const std::lock_guard lock(mutex_);
  refill(now);
  tokens_ -= 1;
  return tokens_ >= 0 ? milliseconds(0) : milliseconds(std::llround(std::ceil(-tokens_ / per_millisecond_)));
}

void TokenBucket::at_most(double tokens, Steady::time_point now) {
  const std::lock_guard lock(mutex_);
  refill(now);
  tokens_ = std::min(tokens_, tokens);
}

}  // namespace ctt::alpaca
