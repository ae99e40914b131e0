#include "cmd/packs/copy.h"

#include <fmt/format.h>

#include "cmd/packs/pack_changes.h"
#include "store/packs.h"
#include "store/reference.h"

namespace ctt::cmd {

void PacksCopy::declare(CLI::App& app) {
  app.add_option("PACK", pack, "which one")->required();
  app.add_option("NAME", copy, "name of the copy")->required();
}

int PacksCopy::run(Context& context) const {
  auto& database = context.database();
  const auto from = store::packs::get(database, pack);
  auto made = from;
  made.id = store::checked_slug("pack", copy);
  made.name = copy;
  made.created_at = made.updated_at = context.now();
  store::Transaction change(database);
  store::packs::insert(change, made);
  if (context.globals.dry_run) return context.would(fmt::format("copy pack {} to {}", from.id, made.id));
  change.commit();
  print_pack(context, "copy", made, fmt::format("Pack {} is a copy of {}.", made.id, from.id),
             [&](base::JsonWriter& json) { json.field("copied_from", from.id); });
  return 0;
}

}  // namespace ctt::cmd
