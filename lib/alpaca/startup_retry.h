#pragma once

#include <chrono>
#include <functional>

#include "alpaca/backoff.h"
#include "base/error.h"

namespace ctt::alpaca {

/// For how long a start asks again for what it was refused.
///
/// Started by hand, a refusal is told at once. A service manager starts a trader in the middle of whatever
/// the broker is going through: keys, account and symbol that served an hour ago may be refused for minutes,
/// while a position waits for its stops. So such a start tries again, with one deadline for all that it asks.
///
///     const auto asset = startup_retry.run([&] { return client.asset("BTC/USD"); });
///
/// One thread at a time; a copy ends when the original does.
class StartupRetry {
 public:
  using Steady = std::chrono::steady_clock;

  /// None: the first refusal is told.
  StartupRetry() = default;
  /// Counted from now on. `stopping` ends the waits early.
  StartupRetry(std::chrono::milliseconds patience, std::function<bool()> stopping,
               Backoff::Bounds waits = {std::chrono::milliseconds(1'000), std::chrono::milliseconds(30'000),
                                        std::chrono::milliseconds(500)})
      : until_(Steady::now() + patience), stopping_(std::move(stopping)), waits_(waits) {}

  /// The result of `work`, which is called again while it throws what may pass and time is left; then
  /// its last error. What may pass is every kind but usage, busy, integrity and internal.
  template <class Work>
  auto run(const Work& work) const {
    Backoff backoff(waits_);
    while (true) {
      try {
        return work();
      } catch (const base::Error& error) {
        if (!wait_after(error, backoff)) throw;
      }
    }
  }

 private:
  /// False when there is no point in another try.
  bool wait_after(const base::Error& error, Backoff& backoff) const;

  Steady::time_point until_;
  std::function<bool()> stopping_;
  Backoff::Bounds waits_;
};

}  // namespace ctt::alpaca
