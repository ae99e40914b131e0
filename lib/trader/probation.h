#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "trader/policy_slot.h"

namespace ctt::trader {

/// How a policy's decision came about, for its trial.
struct DecisionHealth {
  bool finite = true;  ///< of the outputs; what an observation spoiled is no fault of the policy's
  std::chrono::nanoseconds took{0};
};

/// A policy that was taken out of service again, and the one that serves in its place.
struct Reversion {
  std::shared_ptr<const ServedPolicy> failed;
  std::shared_ptr<const ServedPolicy> serving;
  std::string reason;  ///< a sentence
};

/// The trial of a policy that was swapped in: its first decisions are watched, and one that is not
/// finite or comes late puts the policy before it back, from the next decision on.
///
/// `begin` before the exchange; `judge` after each decision; `take_reversion` hands a failed trial
/// over once, to be recorded. A policy that is swapped in while another is on trial would revert to
/// the last one that was not: what never stood a trial is nothing to go back to.
///
/// Thread-safe: the bar thread judges, the control thread does the rest.
class Probation {
 public:
  struct Limits {
    int decisions = 20;                                             ///< of a trial
    std::chrono::nanoseconds late_after = std::chrono::seconds(1);  ///< from the bar to its decision
  };

  Probation(PolicySlot& policies, Limits limits) : policies_(policies), limits_(limits) {}

  void begin(std::shared_ptr<const ServedPolicy> before, const std::shared_ptr<const ServedPolicy>& next);

  /// One decision of `decided`; others than the one on trial are not looked at.
  void judge(const ServedPolicy& decided, const DecisionHealth& manner);

  std::optional<Reversion> take_reversion();
  /// Decisions that the policy in service has still to make on trial; 0: none is.
  int decisions_left() const;

 private:
  std::optional<std::string> fault(const DecisionHealth& manner) const;

  PolicySlot& policies_;
  Limits limits_;
  mutable std::mutex mutex_;
  std::shared_ptr<const ServedPolicy> trusted_;
  std::shared_ptr<const ServedPolicy> on_trial_;
  int left_ = 0;
  std::optional<Reversion> reversion_;
};

}  // namespace ctt::trader
