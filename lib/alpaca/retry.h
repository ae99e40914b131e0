#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "alpaca/http.h"
#include "base/random.h"

namespace ctt::alpaca {

/// Waits that grow: each is drawn evenly from 0 to a bound that doubles from `first` to `longest`
/// (full jitter), so that many clients of one broken server do not return together.
class Backoff {
 public:
  struct Bounds {
    std::chrono::milliseconds first{1000};
    std::chrono::milliseconds longest{32'000};
    std::chrono::milliseconds at_least{0};  ///< no wait is shorter
  };
  explicit Backoff(Bounds bounds, std::uint64_t seed = random_seed());

  std::chrono::milliseconds next();
  void reset() { doublings_ = 0; }
  int failures() const { return doublings_; }  ///< waits since the last reset

  static std::uint64_t random_seed();

 private:
  Bounds bounds_;
  int doublings_ = 0;
  base::Random random_;
};

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

/// Sleeps for `wait`, or until `stopping` says so; false when it did.
[[nodiscard]] bool sleep_unless(const std::function<bool()>& stopping, std::chrono::milliseconds wait);

/// True for what may be better a moment later: 408, 429, 500, 502, 503, 504, and no answer at all
/// (but not a bad certificate, an answer too large, or our own stop).
bool worth_retrying(const HttpResult& result);

/// How long the server asked us to stay away: Retry-After, else (of a 429) the reset of its limit
/// when that is at most a minute away. Counted on the server's clock where it told the time.
std::optional<std::chrono::milliseconds> asked_wait(const HttpResult& result, base::Instant now);

struct RetryOptions {
  int tries = 5;
  Backoff::Bounds backoff{};
  std::chrono::milliseconds asked_wait_max{60'000};  ///< a server that asks for more is given up
};

/// Sends until an answer is worth having: for requests that may safely be repeated, so never for a
/// new order. Between tries it waits as the server asked, else by backoff; tokens are taken from
/// `bucket` before each. The last result comes back, good or bad; it is bounded by `tries`.
HttpResult send_with_retries(HttpClient& client, const HttpRequest& request, TokenBucket& bucket,
                             const RetryOptions& options, const base::Clock& clock);

/// What an unwanted result means for the operator: Error(keys) for 401, a bad pair and a 403 that is about
/// them, Error(refused) for a 403 that tells another reason, Error(usage) for other refusals of the
/// request (4xx), Error(unreachable) for the rest. `what` is the beginning of the sentence: `bars of
/// BTC/USD`; `url` is named without its query.
[[noreturn]] void raise(const HttpResult& result, std::string_view what, std::string_view url);

}  // namespace ctt::alpaca
