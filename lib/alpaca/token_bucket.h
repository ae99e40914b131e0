#pragma once

#include <chrono>
#include <mutex>
#include <optional>

namespace ctt::alpaca {

/// How many requests a minute. Starts full: short bursts pass, and over time no more than
/// `per_minute` do. Thread-safe, so that several clients of one key may share it.
class TokenBucket {
 public:
  using Steady = std::chrono::steady_clock;
  explicit TokenBucket(double per_minute = 180, double burst = 100);

  /// Takes a token; the wait until it counts, 0 when there was one.
  std::chrono::milliseconds take(Steady::time_point now = Steady::now());
  /// The server says that it has this many left: ours are no more than that.
  void at_most(double tokens, Steady::time_point now = Steady::now());

 private:
  void refill(Steady::time_point now);

  std::mutex mutex_;
  double per_millisecond_;
  double burst_;
  double tokens_;
  std::optional<Steady::time_point> at_;
};

}  // namespace ctt::alpaca
