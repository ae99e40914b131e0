#include "cmd/replay/list.h"

#include <fmt/format.h>

#include "replay/replay.h"
#include "views/replay.h"

namespace ctt::cmd {

int ReplayList::run(Context& context) const {
  const auto replays = store::replays::list(context.readable_database());
  if (context.json()) {
    auto json = document("replay.list").key("items").array();
    for (const auto& replay : replays) {
      json.object();
      views::add_replay(json, context.home, replay);
      json.end();
    }
    context.print_json(json.end().end());
  } else if (replays.empty()) {
    context.say("There is no replay yet. Next: ctt replay --schedule NAME --from TIME");
  } else {
    Table table({{"REPLAY"}, {"STATUS"}, {"BEGAN"}, {"OF"}, {"DONE", true}, {"ANSWER"}});
    for (const auto& replay : replays) {
      table.add({replay.id, std::string(replay::status_text(context.home, replay)),
                 context.terminal.moment(replay.created_at, context.now()),
                 replay.schedule_id.value_or(replay.dataset_id),
                 fmt::format("{}/{}", replay.lineages_done, replay.lineages),
                 replay.sentence.value_or(replay.message.value_or("-"))});
    }
    context.out << table.text(context.terminal);
  }
  return 0;
}

}  // namespace ctt::cmd
