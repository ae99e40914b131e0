#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "cmd/timer/install.h"
#include "cmd/timer/timer.h"

namespace ctt::cmd {

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
