#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt db check`: whether everything that must hold in a state directory does.
struct DbCheck {
  static constexpr auto name = "check";
  static constexpr auto summary = "Check database, models and snapshots against each other";
  static constexpr const char* examples[] = {"ctt db check", "ctt db check --json"};
  static constexpr auto exit_status = "0 all holds, 3 no state directory, 8 damaged, 10 findings";

  void declare(CLI::App&) {}
  int run(Context& context) const;
};

}  // namespace ctt::cmd
