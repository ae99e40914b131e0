#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt status`: is all well? Every schedule with its trader in one table, then what is wrong and what helps.
struct StatusOverview {
  static constexpr auto name = "status";
  static constexpr auto summary = "Is all well? Every schedule, its trader and the machine at a glance";
  static constexpr const char* examples[] = {"ctt status", "ctt status --check -q"};
  static constexpr auto exit_status =
      "0 shown, 10 with --check: a warning or worse about a schedule, a trader or the machine";

  bool check = false;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
