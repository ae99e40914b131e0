#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "cmd/timer/timer.h"

namespace ctt::cmd {

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

}  // namespace ctt::cmd
