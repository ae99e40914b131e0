#include "alpaca/interruptible_sleep.h"

#include <algorithm>
#include <thread>

namespace ctt::alpaca {

using std::chrono::milliseconds;

bool sleep_unless(const std::function<bool()>& stopping, milliseconds wait) {
  using Steady = std::chrono::steady_clock;
  constexpr milliseconds kLook(50);
  const auto until = Steady::now() + wait;
  while (true) {
    if (stopping && stopping()) return false;
    const auto left = std::chrono::ceil<milliseconds>(until - Steady::now());
    if (left <= milliseconds(0)) return true;
    std::this_thread::sleep_for(std::min(left, kLook));
  }
}

}  // namespace ctt::alpaca
