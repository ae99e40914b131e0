#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt schedule list`: one line per schedule.
struct ScheduleList {
  static constexpr auto name = "list";
  static constexpr auto summary = "List schedules";
  static constexpr const char* examples[] = {"ctt schedule list"};
  static constexpr auto exit_status = "0 listed";

  void declare(CLI::App&) {}
  int run(Context& context) const;
};

}  // namespace ctt::cmd
