#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "policy/policy.h"

namespace ctt::trader {

/// A policy under the version it was published as.
class ServedPolicy {
 public:
  ServedPolicy(std::shared_ptr<const policy::Policy> policy, std::int64_t version)
      : policy_(std::move(policy)), version_(version) {}

  const policy::Policy& policy() const { return *policy_; }
  std::int64_t version() const { return version_; }  ///< `model_version`, 1, 2, ...
  const std::string& sha256() const { return policy_->sha256(); }

 private:
  std::shared_ptr<const policy::Policy> policy_;
  std::int64_t version_;
};

enum class Swap { done, already_serving };

/// The policy in service, replaceable while the trader runs.
///
/// A decision calls `current()` once and keeps that pointer to its end, so a swap never
/// changes the weights halfway through a decision. The last decision holding the old
/// policy frees it.
///
/// Thread-safe: the bar thread reads while the control thread replaces. A mutex that is held for
/// the copy of one pointer, because gcc 12's atomic shared_ptr is a lock too, and one whose order
/// a thread sanitizer cannot see.
class PolicySlot {
 public:
  explicit PolicySlot(std::shared_ptr<const ServedPolicy> first);

  std::shared_ptr<const ServedPolicy> current() const;

  /// Puts `next` in service from the next decision on. Anything but `Swap::done`
  /// leaves the policy in service untouched.
  [[nodiscard]] Swap replace(std::shared_ptr<const ServedPolicy> next);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const ServedPolicy> serving_;
};

}  // namespace ctt::trader
