#include "base/service.h"

#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace ctt::base {

bool under_service_manager() {
  const bool unit = std::getenv("INVOCATION_ID") != nullptr && ::isatty(STDERR_FILENO) == 0;
  return std::getenv("NOTIFY_SOCKET") != nullptr || unit;
}

void notify_ready(std::string_view status) {
  sd_notify(0, ("READY=1\nSTATUS=" + std::string(status)).c_str());
}

Watchdog::Watchdog() {
  std::uint64_t limit_us = 0;
  if (sd_watchdog_enabled(0, &limit_us) > 0) every_ = std::chrono::microseconds(limit_us) / 4;
}

void Watchdog::alive() {
  if (every_.count() == 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + every_;
  sd_notify(0, "WATCHDOG=1");
}

}  // namespace ctt::base
