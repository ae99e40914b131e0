#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt db backup FILE`: a consistent copy while everything goes on.
struct DbBackup {
  static constexpr auto name = "backup";
  static constexpr auto summary = "Write a consistent copy of the database while others go on writing";
  static constexpr const char* examples[] = {"ctt db backup /var/backups/ctt-$(date +%F).db"};
  static constexpr auto exit_status = "0 written, 2 the file is there already, 3 no state directory";

  std::string file;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
