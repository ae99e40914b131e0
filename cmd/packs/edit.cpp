#include "cmd/packs/edit.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/packs/pack_changes.h"
#include "store/packs.h"
#include "store/reference.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

namespace {

// The first of `quick-2`, `quick-3`, ... that is free.
std::string free_id(store::Database& database, const std::string& id) {
  for (int number = 2;; ++number) {
    const auto tail = fmt::format("-{}", number);
    auto candidate = store::slug(id.substr(0, 40 - tail.size())) + tail;
    if (!store::packs::find(database, candidate)) return candidate;
  }
}

}  // namespace

void PacksEdit::declare(CLI::App& app) {
  app.add_option("PACK", pack, "which one")->required();
  declare_changes(app, changes);
}

int PacksEdit::run(Context& context) const {
  if (changes.settings.empty() && !changes.file && !changes.description) {
    throw Error(Failure::usage, "nothing to change; give --set, --file or --description")
        .fix("ctt packs edit " + pack + " --set lr=0.0002");
  }
  auto& database = context.database();
  const auto before = store::packs::get(database, pack);
  auto after = with_changes(before, changes);
  after.updated_at = context.now();
  const auto users = store::packs::users(database, before.id);
  const bool already = same_settings(before, after);
  const bool copied = !already && !users.empty();
  if (copied) {
    after.id = after.name = free_id(database, before.id);
    after.created_at = context.now();
  }
  const auto sentence =
      already  ? fmt::format("Pack {} is so already.", before.id)
      : copied ? fmt::format("Pack {} is used by {} and stays as it is; the change is in its copy {}.",
                             before.id, fmt::join(users, ", "), after.id)
               : fmt::format("Pack {} is changed.", before.id);
  if (!already) {
    store::Transaction change(database);
    copied ? store::packs::insert(change, after) : store::packs::update(change, after);
    if (context.globals.dry_run) {
      return context.would(copied ? fmt::format("copy pack {}, which is used by {}, to {} and change that",
                                                before.id, fmt::join(users, ", "), after.id)
                                  : fmt::format("change pack {}", before.id));
    }
    change.commit();
  }
  print_pack(context, "edit", already ? before : after, sentence, [&](base::JsonWriter& json) {
    json.field("changed", !already)
        .field("copied_from", copied ? std::optional(before.id) : std::nullopt)
        .field("used_by", users);
  });
  return 0;
}

}  // namespace ctt::cmd
