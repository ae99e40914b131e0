#include "trader/probation.h"

#include <fmt/format.h>

namespace ctt::trader {

void Probation::begin(std::shared_ptr<const ServedPolicy> before,
                      const std::shared_ptr<const ServedPolicy>& next) {
  const std::scoped_lock lock(mutex_);
  if (!on_trial_) trusted_ = std::move(before);
  on_trial_ = next;
  left_ = limits_.decisions;
  // Back to the one that was trusted all along: nothing to try.
  if (trusted_->sha256() == next->sha256()) on_trial_.reset();
}

void Probation::judge(const ServedPolicy& decided, const DecisionHealth& manner) {
  const std::scoped_lock lock(mutex_);
  if (!on_trial_ || on_trial_->sha256() != decided.sha256()) return;
  const int made = limits_.decisions - --left_;
  if (auto reason = fault(manner)) {
    reversion_ =
        Reversion{on_trial_, trusted_,
                  fmt::format("v{} failed its probation at decision {} of {}: {}; v{} serves again",
                              on_trial_->version(), made, limits_.decisions, *reason, trusted_->version())};
    on_trial_.reset();
    [[maybe_unused]] const auto swap = policies_.replace(trusted_);
  } else if (left_ == 0) {
    on_trial_.reset();
  }
}

std::optional<std::string> Probation::fault(const DecisionHealth& manner) const {
  if (!manner.finite) return "its output was not finite";
  if (manner.took <= limits_.late_after) return std::nullopt;
  return fmt::format("it took {:.1f} ms, {:.0f} ms are allowed",
                     std::chrono::duration<double, std::milli>(manner.took).count(),
                     std::chrono::duration<double, std::milli>(limits_.late_after).count());
}

std::optional<Reversion> Probation::take_reversion() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(reversion_, std::nullopt);
}

int Probation::decisions_left() const {
  const std::scoped_lock lock(mutex_);
  return on_trial_ ? left_ : 0;
}

}  // namespace ctt::trader
