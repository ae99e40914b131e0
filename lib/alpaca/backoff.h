#pragma once

#include <chrono>
#include <cstdint>

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

}  // namespace ctt::alpaca
