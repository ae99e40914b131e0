#pragma once

#include <chrono>
#include <functional>

namespace ctt::alpaca {

/// Sleeps for `wait`, or until `stopping` says so; false when it did.
[[nodiscard]] bool sleep_unless(const std::function<bool()>& stopping, std::chrono::milliseconds wait);

}  // namespace ctt::alpaca
