#include "cycle/learner_watch.h"

#include <fmt/format.h>

namespace ctt::cycle {

using Outcome = LaunchResult::Outcome;

LearnerWatch::LearnerWatch(base::Child& learner, const LaunchOptions& options)
    : learner_(learner), options_(options), deadline_(std::chrono::steady_clock::now() + options.deadline) {}

std::optional<LaunchResult> LearnerWatch::look() {
  if (std::chrono::steady_clock::now() >= deadline_) {
    learner_.stop(options_.grace);
    return LaunchResult{
        Outcome::timed_out,
        fmt::format("the training was stopped at its deadline of {}", base::to_words(options_.deadline)),
        std::nullopt};
  }
  const int stops = options_.stop_count();
  if (stops > 1) {
    learner_.stop(std::chrono::milliseconds(0));
    return LaunchResult{Outcome::cancelled, "stopped at once by the operator", std::nullopt};
  }
  if (stops == 1 && !asked_) {
    learner_.ask_to_stop();
    asked_ = true;
  }
  return std::nullopt;
}

}  // namespace ctt::cycle
