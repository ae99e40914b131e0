#include "store/events.h"

#include "base/json.h"
#include "store/sql.h"

namespace ctt::store {

namespace {

constexpr auto kProgressTypes =
    "('continuous_cycle_progress', 'training_update', 'training_progress', 'episode_metrics')";
constexpr auto kProgressKept = std::chrono::hours(24);

std::string old_progress() { return fmt::format("ts < ?1 AND type IN {}", kProgressTypes); }

std::string old_others() {
  return fmt::format(
      "ts < ?1 AND type NOT IN {} AND NOT EXISTS (SELECT 1 FROM cycles WHERE cycles.schedule_id = "
      "events.schedule_id AND cycles.cycle_number = events.cycle_number "
      "AND (cycles.finished_at IS NULL OR cycles.finished_at >= ?1))",
      kProgressTypes);
}

Event read_event(Query& row) {
  Event event;
  row >> event.seq >> event.ts >> event.type >> event.schedule_id >> event.cycle_number >> event.payload;
  return event;
}

}  // namespace

std::string Event::json() const {
  base::JsonWriter head;
  head.object().field("type", type).field("seq", seq).field("ts", ts).end();
  auto text = head.text();
  if (payload.size() <= 2) return text;
  text.back() = ',';
  return text.append(payload, 1);
}

namespace events {

std::int64_t append(Transaction& change, const Event& event) {
  Query(change,
        "INSERT INTO events (ts, type, schedule_id, cycle_number, payload) VALUES (?1, ?2, ?3, ?4, ?5)",
        event.ts, event.type, event.schedule_id, event.cycle_number, event.payload)
      .run();
  return last_seq(change);
}

std::vector<Event> list(Database& database, const EventQuery& query) {
  Query rows(database,
             "SELECT seq, ts, type, schedule_id, cycle_number, payload FROM events "
             "WHERE seq > ?1 AND (?2 IS NULL OR type = ?2) AND (?3 IS NULL OR ts >= ?3) "
             "AND (?5 IS NULL OR schedule_id = ?5) ORDER BY seq LIMIT ?4",
             query.since, query.type, query.from, query.limit, query.schedule_id);
  return all(rows, read_event);
}

std::vector<Event> since(Database& database, std::int64_t seq, std::size_t limit) {
  return list(database, {.since = seq, .type = {}, .from = {}, .limit = limit});
}

std::int64_t last_seq(Database& database) {
  Query row(database, "SELECT seq FROM sqlite_sequence WHERE name = 'events'");
  return row.next() ? row.get<std::int64_t>() : 0;
}

bool complete_since(Database& database, std::int64_t seq) {
  Query row(database, "SELECT seq FROM event_floor");
  row.next();
  return seq >= row.get<std::int64_t>();
}

std::int64_t count_prunable(Database& database, const EventRetention& rule, base::Instant now) {
  const auto count = [&](const std::string& which, base::Instant before) {
    Query row(database, "SELECT count(*) FROM events WHERE " + which, before);
    row.next();
    return row.get<std::int64_t>();
  };
  return count(old_progress(), now - kProgressKept) + (rule.kept ? count(old_others(), now - *rule.kept) : 0);
}

std::int64_t prune(Transaction& change, const EventRetention& rule, base::Instant now) {
  auto dropped = Query(change, "DELETE FROM events WHERE " + old_progress(), now - kProgressKept).run();
  if (!rule.kept) return dropped;
  const auto old = old_others();
  Query(change,
        "UPDATE event_floor SET seq = max(seq, (SELECT coalesce(max(seq), 0) FROM events WHERE " + old + "))",
        now - *rule.kept)
      .run();
  return dropped + Query(change, "DELETE FROM events WHERE " + old, now - *rule.kept).run();
}

}  // namespace events
}  // namespace ctt::store
