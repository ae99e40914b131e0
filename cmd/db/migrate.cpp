#include "cmd/db/migrate.h"

#include <fmt/format.h>

namespace ctt::cmd {

int DbMigrate::run(Context& context) const {
  if (context.globals.dry_run)
    return context.would(fmt::format("bring the schema of {} up to date, after a backup, where it is older",
                                     context.home.database().string()));
  // Opening to write does it.
  auto& database = context.database();
  if (context.json()) {
    context.print_json(document("db.migrate").field("schema_version", database.schema()).end());
  } else {
    context.say(fmt::format("{} has schema {}.", database.file().string(), database.schema()));
  }
  return 0;
}

}  // namespace ctt::cmd
