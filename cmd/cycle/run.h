#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt cycle run`: every slot that is due, from the candles to the trader.
struct CycleRun {
  static constexpr auto name = "run";
  static constexpr auto summary = "Run the training cycles that are due";
  static constexpr const char* examples[] = {"ctt cycle run -q", "ctt cycle run --now",
                                             "ctt cycle run --now --window-end 2018-08-01T00:00:00Z"};
  static constexpr auto exit_status =
      "0 done or nothing due (also when the gate kept the old model), 1 failed, 2 usage, 3 unknown schedule, "
      "5 "
      "refused, 6 data blocked, 7 no data source, "
      "8 damaged file, 75 another training runs (slot recorded as skipped), 130/143 stopped, work saved";

  std::optional<std::string> schedule;
  bool now = false;
  bool no_deploy = false;
  std::optional<std::string> window_end;
  std::optional<std::string> max_time;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
