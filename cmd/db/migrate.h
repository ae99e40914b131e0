#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt db migrate`: brings the schema up to date, with a backup before; every command that writes
/// does the same by itself.
struct DbMigrate {
  static constexpr auto name = "migrate";
  static constexpr auto summary = "Bring the schema up to date, with a backup before";
  static constexpr const char* examples[] = {"ctt db migrate"};
  static constexpr auto exit_status =
      "0 up to date, 3 no state directory, 8 damaged, or newer than this program";

  void declare(CLI::App&) {}
  int run(Context& context) const;
};

}  // namespace ctt::cmd
