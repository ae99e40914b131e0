#include "cmd/packs/delete.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "store/packs.h"
#include "training/seeded_packs.h"

namespace ctt::cmd {

void PacksDelete::declare(CLI::App& app) { app.add_option("PACK", pack, "which one")->required(); }

int PacksDelete::run(Context& context) const {
  auto& database = context.database();
  const auto found = store::packs::get(database, pack);
  {
    // Whether it may go is asked before the operator is.
    store::Transaction trial(database);
    store::packs::remove(trial, found.id);
  }
  const auto built_in = training::seeded_packs();
  if (std::ranges::find(built_in, found.id, &training::SeededPack::id) != built_in.end()) {
    throw base::Error(base::Failure::refused,
                      fmt::format("pack {} came with ctt and stays; copies of it can be deleted", found.id))
        .fix("ctt packs list");
  }
  const auto what = fmt::format("delete pack {}", found.id);
  if (context.globals.dry_run) return context.would(what);
  const bool agreed = context.confirm(what + "?");
  if (agreed) {
    store::Transaction change(database);
    store::packs::remove(change, found.id);
    change.commit();
  }
  if (context.json()) {
    context.print_json(document("packs.delete").field("pack_id", found.id).field("deleted", agreed).end());
  } else {
    context.say(agreed ? fmt::format("Pack {} is deleted.", found.id)
                       : fmt::format("Pack {} stays.", found.id));
  }
  return 0;
}

}  // namespace ctt::cmd
