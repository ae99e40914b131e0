#pragma once

#include <filesystem>
#include <vector>

#include <CLI/CLI.hpp>

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

/// `ctt schedule install`: from here on the machine's own clock calls `ctt cycle run` every minute. Under
/// systemd the services of traders and of `ctt serve-ws` are written too, for the operator to enable.
struct ScheduleInstall : ScheduleTimer {
  static constexpr auto name = "install";
  static constexpr auto summary = "Let a systemd timer or cron call ctt cycle run";
  static constexpr const char* examples[] = {"ctt schedule install --systemd --user",
                                             "sudo ctt schedule install --systemd",
                                             "ctt schedule install --cron --print"};
  static constexpr auto exit_status =
      "0 installed or already so, 1 systemd or cron did not take it, 2 usage, 3 no systemd or cron here, "
      "5 not allowed to write there";

  bool print = false;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt schedule uninstall`: takes back what `install` did. Services that are enabled stay.
struct ScheduleUninstall : ScheduleTimer {
  static constexpr auto name = "uninstall";
  static constexpr auto summary = "Take back what schedule install did";
  static constexpr const char* examples[] = {"ctt schedule uninstall --systemd --user",
                                             "ctt schedule uninstall --cron"};
  static constexpr auto exit_status = ScheduleInstall::exit_status;

  void declare(CLI::App& app) { ScheduleTimer::declare(app); }
  int run(Context& context) const;
};

}  // namespace ctt::cmd
