#pragma once

#include <functional>

#include <CLI/CLI.hpp>

#include "base/signals.h"
#include "cmd/schedule/switch.h"
#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt schedule stop`: nothing becomes due any more; a running cycle ends by itself, unless it is
/// asked to stop too.
struct ScheduleStop : ScheduleSwitch {
  static constexpr auto name = "stop";
  static constexpr auto summary = "Stop a schedule; a running cycle ends by itself";
  static constexpr const char* examples[] = {"ctt schedule stop --schedule btc --reason \"moving house\"",
                                             "ctt schedule stop --cancel-running --wait"};
  static constexpr auto exit_status =
      "0 done or already so, 3 unknown schedule, 5 not possible, 130/143 the wait was cut short";

  bool wait = false;            ///< return when its running cycle has ended
  bool cancel_running = false;  ///< ask that cycle to finish its iteration and end
  std::function<int()> stop_signal = base::Signals::stop_signal;  ///< what ends the wait

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
