#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt db restore FILE`: the whole content becomes that of a backup, which is checked first. A present
/// database that is damaged, newer than this program or missing does not stand in its way.
struct DbRestore {
  static constexpr auto name = "restore";
  static constexpr auto summary = "Replace the content of the database by that of a backup";
  static constexpr const char* examples[] = {"ctt db restore ctt-2026-11-23.db --confirm ctt.db"};
  static constexpr auto exit_status =
      "0 restored, 2 not confirmed, 3 no such backup, 8 the backup is damaged or newer than this "
      "program, 75 a training or a trader runs";

  std::string file;
  std::string confirm;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
