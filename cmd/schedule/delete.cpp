#include "cmd/schedule/delete.h"

#include <fmt/format.h>

#include "schedule/removal.h"

namespace ctt::cmd {

void ScheduleDelete::declare(CLI::App& app) { app.add_option("NAME", schedule, "which one")->required(); }

int ScheduleDelete::run(Context& context) const {
  auto& database = context.database();
  const auto found = store::schedules::get(database, schedule);
  schedule::check_removable({database, context.home, context.clock}, found);
  const auto goes = schedule::text_of(store::schedules::rows_of(database, found.id));
  if (context.globals.dry_run)
    return context.would(fmt::format("delete schedule {} with {}", found.id, goes));
  const bool deleted =
      context.confirm(fmt::format("Delete schedule {} with {}? Its models stay.", found.id, goes));
  if (deleted) {
    store::Transaction change(database);
    schedule::check_removable({change, context.home, context.clock}, found);
    store::schedules::remove(change, found.id, context.now());
    change.commit();
  }
  if (context.json()) {
    context.print_json(
        document("schedule.delete").field("schedule_id", found.id).field("deleted", deleted).end());
  } else {
    context.say(deleted ? fmt::format("Schedule {} is deleted, with {}.", found.id, goes)
                        : fmt::format("Schedule {} is kept.", found.id));
  }
  return 0;
}

}  // namespace ctt::cmd
