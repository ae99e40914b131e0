#include "cmd/packs/diff.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/packs.h"
#include "training/pack_settings.h"
#include "views/pack.h"

namespace ctt::cmd {

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

}  // namespace ctt::cmd
