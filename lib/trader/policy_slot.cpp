#include "trader/policy_slot.h"

namespace ctt::trader {

namespace {

// The other side lets go after some nanoseconds. To wait for that awake is a hundred times shorter than to
// be put to sleep and woken.
std::unique_lock<std::mutex> lock_awake(std::mutex& mutex) {
  constexpr int kTries = 1000;
  std::unique_lock lock(mutex, std::defer_lock);
  for (int i = 0; i < kTries; ++i) {
    if (lock.try_lock()) return lock;
  }
  lock.lock();
  return lock;
}

}  // namespace

PolicySlot::PolicySlot(std::shared_ptr<const ServedPolicy> first) : serving_(std::move(first)) {
  if (!serving_) throw std::invalid_argument("a slot starts with a policy");
}

std::shared_ptr<const ServedPolicy> PolicySlot::current() const {
  const auto lock = lock_awake(mutex_);
  return serving_;
}

Swap PolicySlot::replace(std::shared_ptr<const ServedPolicy> next) {
  if (!next) throw std::invalid_argument("a slot always holds a policy");
  // Outlives the lock, so that the old weights are not freed while a decision waits.
  std::shared_ptr<const ServedPolicy> old;
  const auto lock = lock_awake(mutex_);
  if (serving_->sha256() == next->sha256() && serving_->version() == next->version())
    return Swap::already_serving;
  old = std::exchange(serving_, std::move(next));
  return Swap::done;
}

}  // namespace ctt::trader
