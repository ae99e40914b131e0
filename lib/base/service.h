#pragma once

#include <chrono>
#include <string_view>

namespace ctt::base {

/// What a process that systemd started tells it (sd_notify(3), sd_watchdog_enabled(3)). Started by
/// anybody else, every call does nothing.

/// Whether a service manager started this process, and starts it again when it fails. A person at a
/// terminal whose session happens to be a unit did not.
bool under_service_manager();

/// It works from now on; `status` is what `systemctl status` shows of it.
void notify_ready(std::string_view status);

/// Feeds the watchdog of the unit's WatchdogSec=: systemd kills and restarts a service whose loop no
/// longer comes round. One thread.
class Watchdog {
 public:
  Watchdog();

  /// To be called on every turn of the loop that must not stand still; tells systemd at most once in
  /// a quarter of WatchdogSec=, however often that is.
  void alive();

 private:
  std::chrono::steady_clock::duration every_{0};  // 0: nobody watches
  std::chrono::steady_clock::time_point next_;
};

}  // namespace ctt::base
