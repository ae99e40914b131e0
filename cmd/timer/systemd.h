#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cmd/timer/timer.h"
#include "cmd/timer/timer_files.h"

namespace ctt::cmd {

constexpr auto kCycleTimer = "ctt-cycle.timer";

/// The units of ctt in the system's or the user's systemd.
class Systemd {
 public:
  /// Throws Error(usage) for a state directory that is not the one of the system's units, Error(refused) for a
  /// program that they do not see.
  Systemd(const Context& context, const ScheduleTimer& options);

  std::filesystem::path folder() const;

  /// Whether a package brought the units, for the ctt that it brought too.
  bool packaged() const;
  std::vector<TimerFile> files() const;
  void check_access() const;
  void make_account() const;
  void write_files() const;

  /// Without the services that somebody enabled, and which run; returns those.
  std::vector<std::string> remove_files() const;
  void systemctl(std::vector<std::string> words) const;
  std::string called() const { return options_.user ? "systemctl --user" : "systemctl"; }

 private:
  static void run(const std::vector<std::string>& argv, const std::string& name);

  // systemd keeps a link for each unit that is enabled; of `name@.service` for each of its instances.
  bool is_enabled(const std::string& name) const;

  const Context& context_;
  const ScheduleTimer& options_;
};

}  // namespace ctt::cmd
