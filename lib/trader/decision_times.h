#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace ctt::trader {

/// How long decisions took, us: from the bar in hand to its order on disk and on its way.
struct DecisionTimes {
  double us_p50 = 0, us_p99 = 0, us_max = 0;
};

/// The times of a live session's newest decisions.
///
/// The bar thread's own.
class DecisionTimer {
 public:
  void add(std::chrono::nanoseconds took);
  /// Median, 99th percentile (the nearest rank) and greatest of the newest kKept; nothing before the first.
  std::optional<DecisionTimes> newest() const;

  static constexpr std::size_t kKept = 1000;

 private:
  std::vector<double> us_;  ///< a ring
  std::size_t next_ = 0;
};

}  // namespace ctt::trader
