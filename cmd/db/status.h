#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt db status`: schema, size and content of the database.
struct DbStatus {
  static constexpr auto name = "status";
  static constexpr auto summary = "Show schema, size and content of the database";
  static constexpr const char* examples[] = {"ctt db status", "ctt db status --json"};
  static constexpr auto exit_status = "0 shown, 3 no state directory, 8 damaged, or newer than this program";

  void declare(CLI::App&) {}
  int run(Context& context) const;
};

}  // namespace ctt::cmd
