#include "cmd/packs/create.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/packs/pack_changes.h"
#include "store/packs.h"
#include "store/reference.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void PacksCreate::declare(CLI::App& app) {
  app.add_option("NAME", pack, "name of the new pack")->required();
  app.add_option("--from", changes.from, "start with the settings of this pack; default: every default")
      ->type_name("PACK");
  declare_changes(app, changes);
}

int PacksCreate::run(Context& context) const {
  if (changes.from && changes.file)
    throw Error(Failure::usage, "--from and --file are two beginnings; give one");
  auto& database = context.database();
  store::PackRow made;
  made.id = store::checked_slug("pack", pack);
  made.name = pack;
  if (changes.from) made.config = store::packs::get(database, *changes.from).config;
  made = with_changes(made, changes);
  made.created_at = made.updated_at = context.now();

  const auto there = store::packs::find(database, made.id);
  const bool already = there && same_settings(*there, made);
  if (!already) {
    store::Transaction change(database);
    store::packs::insert(change, made);
    if (context.globals.dry_run) return context.would("create pack " + made.id);
    change.commit();
  }
  print_pack(context, "create", already ? *there : made,
             fmt::format("Pack {} is {}.", made.id, already ? "there already, just so" : "created"),
             [&](base::JsonWriter& json) { json.field("created", !already); });
  return 0;
}

}  // namespace ctt::cmd
