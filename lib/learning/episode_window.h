#pragma once

#include <deque>
#include <vector>

#include "environment/vector_environment.h"
#include "training/metrics.h"

namespace ctt::learning {

/// The latest episodes of a run, for metrics that do not jump with every batch.
class EpisodeWindow {
 public:
  explicit EpisodeWindow(double initial_cash, std::size_t size = 100)
      : initial_cash_(initial_cash), size_(size) {}

  void add(const std::vector<environment::EpisodeStats>& finished);

  /// Fills in the means over the episodes; NaN while there is none.
  void describe(training::IterationMetrics& metrics) const;

 private:
  double initial_cash_;
  std::size_t size_;
  std::deque<environment::EpisodeStats> latest_;
};

}  // namespace ctt::learning
