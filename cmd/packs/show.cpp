#include "cmd/packs/show.h"

#include <algorithm>

#include <fmt/format.h>

#include "cmd/shell/counted.h"
#include "store/packs.h"
#include "training/pack_settings.h"
#include "views/pack.h"

namespace ctt::cmd {

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
  if (!users.empty()) context.out << fmt::format("  used by {}\n", first_of(users));
  const auto given = training::flattened(found.config);
  Table table({{"SETTING"}, {"VALUE"}, {""}});
  for (const auto& [key, value] : training::flattened(effective)) {
    const bool own = std::ranges::any_of(given, [&](const auto& setting) { return setting.first == key; });
    table.add({key, value, own ? "" : "default"}, own ? Style::plain : Style::dim);
  }
  context.out << table.text(context.terminal);
  return 0;
}

}  // namespace ctt::cmd
