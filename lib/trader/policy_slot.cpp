#include "trader/policy_slot.h"

namespace ctt::trader {

PolicySlot::PolicySlot(std::shared_ptr<const ServedPolicy> first) : serving_(std::move(first)) {
  if (!serving_) throw std::invalid_argument("a slot starts with a policy");
}

std::shared_ptr<const ServedPolicy> PolicySlot::current() const {
  const std::scoped_lock lock(mutex_);
  return serving_;
}

Swap PolicySlot::replace(std::shared_ptr<const ServedPolicy> next) {
  if (!next) throw std::invalid_argument("a slot always holds a policy");
  // Outlives the lock, so that the old weights are not freed while a decision waits.
  std::shared_ptr<const ServedPolicy> old;
  const std::scoped_lock lock(mutex_);
  if (serving_->sha256() == next->sha256() && serving_->version() == next->version())
    return Swap::already_serving;
  old = std::exchange(serving_, std::move(next));
  return Swap::done;
}

}  // namespace ctt::trader
