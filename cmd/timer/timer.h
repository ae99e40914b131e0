#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/child.h"
#include "cmd/shell/context.h"

namespace ctt::cmd {

/// Which clock calls `ctt cycle run`: what `ctt schedule install` and `uninstall` share.
struct ScheduleTimer {
  bool systemd = false;
  bool user = false;  ///< of the user's systemd, not the system's
  bool cron = false;
  std::filesystem::path root = "/";  ///< where /etc and /lib/systemd are

  void declare(CLI::App& app);
};

/// Throws Error(usage) unless the flags name one clock; `verb` is the command's.
void check_timer(const ScheduleTimer& options, const char* verb);

/// The words that start this ctt with the settings it has now. Neither cron nor systemd knows the
/// variables of this shell.
std::vector<std::string> timer_command(const Context& context, bool system);

/// How a program of systemd or cron ended, and what it said.
struct ServiceAnswer {
  base::ChildExit end;
  std::vector<std::string> lines;
};

/// Runs a program to its end. `missing` names what brings it.
/// Throws Error(not_found) when it cannot be started.
ServiceAnswer ask_service(const std::vector<std::string>& argv, const char* missing,
                          const std::filesystem::path& stderr_file = {});

}  // namespace ctt::cmd
