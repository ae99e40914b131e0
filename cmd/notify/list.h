#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt notify list`: what was told, and what came of it.
struct NotifyList {
  static constexpr auto name = "list";
  static constexpr auto summary = "Show the newest alarms and whether they were sent";
  static constexpr const char* examples[] = {"ctt notify list", "ctt notify list --limit 5 --json"};
  static constexpr auto exit_status = "0 shown, 3 no state directory";

  int limit = 20;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
