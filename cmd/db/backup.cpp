#include "cmd/db/backup.h"

#include <filesystem>

#include <fmt/format.h>

namespace ctt::cmd {

void DbBackup::declare(CLI::App& app) { app.add_option("FILE", file, "a new file")->required(); }

int DbBackup::run(Context& context) const {
  if (context.globals.dry_run) return context.would("write a copy of the database to " + file);
  context.readable_database().back_up(file);
  if (context.json()) {
    context.print_json(
        document("db.backup").field("file", file).field("bytes", std::filesystem::file_size(file)).end());
  } else {
    context.say(
        fmt::format("The database is in {}. Models and snapshots are files of their own: copy {} too.", file,
                    context.home.root.string()));
  }
  return 0;
}

}  // namespace ctt::cmd
