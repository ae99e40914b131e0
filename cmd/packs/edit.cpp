#include <functional>

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/packs/packs.h"
#include "cmd/shell/output.h"
#include "store/reference.h"
#include "training/pack_settings.h"
#include "views/pack.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

namespace {

void declare_changes(CLI::App& app, PackChanges& changes) {
  app.add_option("--set", changes.settings,
                 "a setting, key=value, nested keys with dots, null takes it out; may be repeated")
      ->allow_extra_args(false)
      ->type_name("K=V");
  app.add_option("--file", changes.file, "take the settings from this JSON file; - is standard input")
      ->type_name("FILE|-");
  app.add_option("--description", changes.description, "what it is for")->type_name("TEXT");
}

// `pack` with the changes made; its JSON is valid after this.
store::PackRow changed(store::PackRow pack, const PackChanges& changes) {
  auto where = "pack " + pack.id;
  if (changes.file) {
    pack.config = read_input(*changes.file);
    if (changes.settings.empty()) where = *changes.file == "-" ? "standard input" : *changes.file;
  }
  pack.config = training::with_settings(pack.config, changes.settings, where);
  if (changes.description) pack.description = *changes.description;
  training::Pack::parse(pack.config, where);
  return pack;
}

bool same(const store::PackRow& a, const store::PackRow& b) {
  return a.description == b.description && views::parsed_pack(a).json() == views::parsed_pack(b).json();
}

// The first of `quick-2`, `quick-3`, ... that is free.
std::string free_id(store::Database& database, const std::string& id) {
  for (int number = 2;; ++number) {
    const auto tail = fmt::format("-{}", number);
    auto candidate = store::slug(id.substr(0, 40 - tail.size())) + tail;
    if (!store::packs::find(database, candidate)) return candidate;
  }
}

void print(Context& context, const char* verb, const store::PackRow& pack, const std::string& sentence,
           const std::function<void(base::JsonWriter&)>& more) {
  if (!context.json()) {
    context.say(sentence);
    return;
  }
  auto json = document(fmt::format("packs.{}", verb));
  views::add_pack(json, pack, pack.config);
  more(json);
  context.print_json(json.end());
}

}  // namespace

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
  made.id = store::slug(pack);
  made.name = pack;
  if (changes.from) made.config = store::packs::get(database, *changes.from).config;
  made = changed(made, changes);
  made.created_at = made.updated_at = context.now();

  const auto there = store::packs::find(database, made.id);
  const bool already = there && same(*there, made);
  if (!already) {
    store::Transaction change(database);
    store::packs::insert(change, made);
    if (context.globals.dry_run) return context.would("create pack " + made.id);
    change.commit();
  }
  print(context, "create", already ? *there : made,
        fmt::format("Pack {} is {}.", made.id, already ? "there already, just so" : "created"),
        [&](base::JsonWriter& json) { json.field("created", !already); });
  return 0;
}

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
  auto after = changed(before, changes);
  after.updated_at = context.now();
  const auto users = store::packs::users(database, before.id);
  const bool already = same(before, after);
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
  print(context, "edit", already ? before : after, sentence, [&](base::JsonWriter& json) {
    json.field("changed", !already)
        .field("copied_from", copied ? std::optional(before.id) : std::nullopt)
        .field("used_by", users);
  });
  return 0;
}

void PacksCopy::declare(CLI::App& app) {
  app.add_option("PACK", pack, "which one")->required();
  app.add_option("NAME", copy, "name of the copy")->required();
}

int PacksCopy::run(Context& context) const {
  auto& database = context.database();
  const auto from = store::packs::get(database, pack);
  auto made = from;
  made.id = store::slug(copy);
  made.name = copy;
  made.created_at = made.updated_at = context.now();
  store::Transaction change(database);
  store::packs::insert(change, made);
  if (context.globals.dry_run) return context.would(fmt::format("copy pack {} to {}", from.id, made.id));
  change.commit();
  print(context, "copy", made, fmt::format("Pack {} is a copy of {}.", made.id, from.id),
        [&](base::JsonWriter& json) { json.field("copied_from", from.id); });
  return 0;
}

}  // namespace ctt::cmd
