#include "cmd/schedule/list.h"

#include <fmt/format.h>

#include "schedule/control.h"
#include "store/schedules.h"

namespace ctt::cmd {

int ScheduleList::run(Context& context) const {
  auto& database = context.readable_database();
  const auto rows = store::schedules::list(database);
  if (context.json()) {
    auto json = document("schedule.list").key("items").array();
    for (const auto& row : rows) {
      json.object()
          .field("schedule_id", row.id)
          .field("status", store::name(row.status))
          .field("frozen", row.frozen);
      json.field("next_cycle_at", row.next_cycle_at).field("current_cycle", row.current_cycle);
      json.field("current_checkpoint_path", row.current_checkpoint_path).end();
    }
    context.print_json(json.end().end());
    return 0;
  }
  if (rows.empty()) {
    context.say("There is no schedule yet.");
    return 0;
  }
  Table table({{"SCHEDULE"}, {"STATUS"}, {"EVERY", true}, {"CYCLES", true}, {"MODEL"}, {"NEXT"}});
  for (const auto& row : rows) {
    const auto config = schedule::config_of(row);
    table.add(
        {row.id, std::string(store::name(row.status)),
         base::to_words(std::chrono::duration_cast<std::chrono::seconds>(config.interval)),
         fmt::format("{}", row.current_cycle),
         row.current_model_version ? fmt::format("v{}", *row.current_model_version) : "-",
         row.next_cycle_at ? context.terminal.moment_relative(*row.next_cycle_at, context.now()) : "-"});
  }
  context.out << table.text(context.terminal);
  return 0;
}

}  // namespace ctt::cmd
