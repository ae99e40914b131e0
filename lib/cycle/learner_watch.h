#pragma once

#include <chrono>
#include <optional>

#include "base/child.h"
#include "cycle/launcher.h"

namespace ctt::cycle {

/// Holds a learner that is a child of this process to its deadline and to what the operator asks, from
/// construction on.
class LearnerWatch {
 public:
  LearnerWatch(base::Child& learner, const LaunchOptions& options);

  /// To be called a few times a second. The end, when there is one: the learner is stopped then.
  std::optional<LaunchResult> look();

 private:
  base::Child& learner_;
  const LaunchOptions& options_;
  std::chrono::steady_clock::time_point deadline_;
  bool asked_ = false;
};

}  // namespace ctt::cycle
