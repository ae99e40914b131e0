#include "cmd/packs/packs.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/shell/output.h"
#include "store/packs.h"
#include "training/pack.h"
#include "training/pack_settings.h"
#include "views/pack.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

int PacksList::run(Context& context) const {
  const auto packs = store::packs::list(context.readable_database());
  if (context.json()) {
    auto json = document("packs.list").key("items").array();
    for (const auto& pack : packs) {
      json.object();
      views::add_pack(json, pack, pack.config);
      json.end();
    }
    context.print_json(json.end().end());
    return 0;
  }
  if (packs.empty()) {
    context.say("There is no pack yet. Next: ctt init");
    return 0;
  }
  Table table(
      {{"PACK"}, {"RATE", true}, {"ITERATIONS", true}, {"NETWORK"}, {"ACTIONS"}, {"REWARD"}, {"ABOUT"}});
  for (const auto& row : packs) {
    const auto pack = views::parsed_pack(row);
    table.add({row.id, fmt::format("{:.1e}", pack.ppo.lr), fmt::format("{}", pack.num_iterations),
               fmt::format("{}", fmt::join(pack.hidden, "x")), pack.environment.action_scheme.name,
               pack.environment.reward_scheme.name, row.description});
  }
  context.out << table.text(context.terminal);
  return 0;
}

void PacksShow::declare(CLI::App& app) { app.add_option("PACK", pack, "which one")->required(); }

int PacksShow::run(Context& context) const {
  auto& database = context.readable_database();
  const auto found = store::packs::get(database, pack);
  const auto effective = views::parsed_pack(found).json();
  const auto users = store::packs::users(database, found.id);
  if (context.json()) {
    auto json = document("packs.show");
    views::add_pack(json, found, found.config);
    context.print_json(json.raw_field("effective", effective).field("used_by", users).end());
    return 0;
  }
  context.out << context.terminal.paint(Style::bold, found.id)
              << (found.description.empty() ? "" : "   " + found.description) << '\n';
  if (!users.empty()) context.out << fmt::format("  used by {}\n", fmt::join(users, ", "));
  const auto given = training::flattened(found.config);
  Table table({{"SETTING"}, {"VALUE"}, {""}});
  for (const auto& [key, value] : training::flattened(effective)) {
    const bool own = std::ranges::any_of(given, [&](const auto& setting) { return setting.first == key; });
    table.add({key, value, own ? "" : "default"}, own ? Style::plain : Style::dim);
  }
  context.out << table.text(context.terminal);
  return 0;
}

void PacksDelete::declare(CLI::App& app) { app.add_option("PACK", pack, "which one")->required(); }

int PacksDelete::run(Context& context) const {
  auto& database = context.database();
  const auto found = store::packs::get(database, pack);
  {
    // Whether it may go is asked before the operator is.
    store::Transaction trial(database);
    store::packs::remove(trial, found.id);
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

void PacksDiff::declare(CLI::App& app) {
  app.add_option("PACK", left, "one")->required();
  app.add_option("OTHER", right, "the other")->required();
}

namespace {

struct Difference {
  std::string key;
  std::string left;  // JSON; null where the pack has no such setting
  std::string right;
};

std::vector<Difference> differences(const std::string& left, const std::string& right) {
  const auto a = training::flattened(left);
  const auto b = training::flattened(right);
  const auto value_in = [](const auto& settings, const std::string& key) {
    const auto found = std::ranges::find(settings, key, [](const auto& setting) { return setting.first; });
    return found == settings.end() ? std::string("null") : found->second;
  };
  std::vector<Difference> found;
  for (const auto& [key, value] : a) {
    const auto other = value_in(b, key);
    if (value != other) found.push_back({key, value, other});
  }
  for (const auto& [key, value] : b) {
    if (value_in(a, key) == "null") found.push_back({key, "null", value});
  }
  return found;
}

}  // namespace

int PacksDiff::run(Context& context) const {
  auto& database = context.readable_database();
  const auto a = store::packs::get(database, left);
  const auto b = store::packs::get(database, right);
  const auto found = differences(views::parsed_pack(a).json(), views::parsed_pack(b).json());
  if (context.json()) {
    auto json = document("packs.diff").field("left", a.id).field("right", b.id).key("items").array();
    for (const auto& [key, one, other] : found)
      json.object().field("key", key).raw_field("left", one).raw_field("right", other).end();
    context.print_json(json.end().end());
    return 0;
  }
  if (found.empty()) {
    context.say(fmt::format("{} and {} have the same settings.", a.id, b.id));
    return 0;
  }
  Table table({{"SETTING"}, {a.id}, {b.id}});
  for (const auto& [key, one, other] : found)
    table.add({key, one == "null" ? "-" : one, other == "null" ? "-" : other});
  context.out << table.text(context.terminal);
  return 0;
}

void PacksValidate::declare(CLI::App& app) {
  auto* which = app.add_option("PACK", pack, "which one; default: every stored pack");
  app.add_option("--file", file, "a file with a pack's JSON; - is standard input")
      ->excludes(which)
      ->type_name("FILE|-");
}

int PacksValidate::run(Context& context) const {
  if (pack && file) throw Error(Failure::usage, "a pack and a --file are two things to check; give one");
  std::vector<std::string> valid;
  if (file) {
    training::Pack::parse(read_input(*file), *file == "-" ? "standard input" : *file);
    valid.push_back(*file);
  } else {
    auto& database = context.readable_database();
    const auto packs = pack ? std::vector{store::packs::get(database, *pack)} : store::packs::list(database);
    for (const auto& found : packs) {
      static_cast<void>(views::parsed_pack(found));
      valid.push_back(found.id);
    }
  }
  if (context.json()) {
    context.print_json(document("packs.validate").field("valid", true).field("items", valid).end());
  } else {
    context.say(fmt::format("ok: {}", fmt::join(valid, ", ")));
  }
  return 0;
}

}  // namespace ctt::cmd
