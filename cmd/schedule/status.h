#pragma once

#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "base/signals.h"
#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt schedule status`: state, next due, running cycle, live model and health.
struct ScheduleStatus {
  static constexpr auto name = "status";
  static constexpr auto summary = "Show how schedules stand";
  static constexpr const char* examples[] = {"ctt schedule status", "ctt schedule status --watch",
                                             "ctt schedule status --schedule btc --check --max-age 24h -q"};
  static constexpr auto exit_status =
      "0 shown, 3 unknown schedule, 10 with --check: a warning or worse about a schedule, its trader or the "
      "machine, 130/143 the end of --watch";

  std::optional<std::string> schedule;
  bool check = false;
  std::optional<std::string> max_age;
  bool watch = false;
  std::function<int()> stop_signal = base::Signals::stop_signal;  ///< what ends `--watch`

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
