#include "cmd/packs/list.h"

#include <fmt/format.h>

#include "store/packs.h"
#include "views/pack.h"

namespace ctt::cmd {

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

}  // namespace ctt::cmd
