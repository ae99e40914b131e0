#include "alpaca/startup_retry.h"

#include "alpaca/interruptible_sleep.h"
#include "base/log.h"

namespace ctt::alpaca {

using base::Failure;

namespace {

bool may_pass(Failure failure) {
  switch (failure) {
    case Failure::keys:
    case Failure::refused:
    case Failure::not_found:
    case Failure::data_blocked:
    case Failure::unreachable:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool StartupRetry::wait_after(const base::Error& error, Backoff& backoff) const {
  const auto now = Steady::now();
  if (!may_pass(error.failure()) || now >= until_) return false;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - now);
  const auto wait = std::min(backoff.next(), left);
  base::log()->warn("{}; the start goes on trying for {:.0f} s, next in {:.1f} s", error.what(),
                    std::chrono::duration<double>(left).count(), std::chrono::duration<double>(wait).count());
  return sleep_unless(stopping_, wait);
}

}  // namespace ctt::alpaca
