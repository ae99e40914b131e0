#pragma once

#include <string>

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
