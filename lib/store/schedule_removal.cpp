#include "store/schedule_removal.h"

#include <fmt/format.h>

#include "base/json.h"
#include "store/alarms.h"
#include "store/events.h"
#include "store/schedules.h"
#include "store/sql.h"

namespace ctt::store::schedules {

namespace {

constexpr std::string_view kOfSessions =
    "session_id IN (SELECT id FROM live_sessions WHERE schedule_id = ?1)";
constexpr std::string_view kOfSchedule = "schedule_id = ?1";

std::int64_t count(Database& database, std::string_view table, std::string_view where, std::string_view id) {
  Query row(database, fmt::format("SELECT count(*) FROM {} WHERE {}", table, where), id);
  row.next();
  return row.get<std::int64_t>();
}

}  // namespace

ScheduleRows rows_of(Database& database, std::string_view id) {
  return {.cycles = count(database, "cycles", kOfSchedule, id),
          .deployments = count(database, "deployments", kOfSchedule, id),
          .sessions = count(database, "live_sessions", kOfSchedule, id),
          .decisions = count(database, "live_decisions", kOfSessions, id),
          .orders = count(database, "live_orders", kOfSchedule, id),
          .fills = count(database, "live_trades", kOfSessions, id)};
}

ScheduleRows remove(Transaction& change, std::string_view id, base::Instant now) {
  const auto schedule = get(change, id);
  const auto gone = rows_of(change, schedule.id);
  const auto drop = [&](std::string_view table, std::string_view where) {
    Query(change, fmt::format("DELETE FROM {} WHERE {}", table, where), schedule.id).run();
  };
  drop("live_decisions", kOfSessions);
  drop("live_trades", kOfSessions);
  drop("live_orders", kOfSchedule);
  drop("live_sessions", kOfSchedule);
  drop("deployments", kOfSchedule);
  Query(change, "UPDATE models SET schedule_id = NULL, cycle_id = NULL WHERE schedule_id = ?1", schedule.id)
      .run();
  drop("cycles", kOfSchedule);
  alarms::clear_of(change, schedule.id, now);
  drop("continuous_training_schedules", "id = ?1");
  base::JsonWriter json;
  json.object().field("schedule_id", schedule.id).field("cycles", gone.cycles);
  json.field("sessions", gone.sessions).field("fills", gone.fills).end();
  events::append(change, {.ts = now,
                          .type = "continuous_schedule_deleted",
                          .schedule_id = schedule.id,
                          .cycle_number = {},
                          .payload = json.text()});
  return gone;
}

}  // namespace ctt::store::schedules
