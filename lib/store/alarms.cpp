#include "store/alarms.h"

#include <fmt/format.h>

#include "base/process.h"
#include "store/sql.h"

namespace ctt::store {

namespace {

using namespace std::chrono_literals;

constexpr auto kColumns =
    "id, schedule_id, kind, level, reason, command, since, raised_at, cleared_at, sent_at, problem, pid, "
    "process ";
constexpr auto kPause = 1min;
constexpr auto kTakenOverWithin = 10min;
constexpr auto kKept = 24h * 90;

struct AlarmRow {
  Alarm alarm;
  std::int64_t pid = 0;
  std::string process;
};

AlarmRow read_row(Query& row) {
  AlarmRow read;
  auto& a = read.alarm;
  row >> a.id >> a.schedule_id >> a.kind >> a.level >> a.reason >> a.command >> a.since >> a.raised_at >>
      a.cleared_at >> a.sent_at >> a.problem >> read.pid >> read.process;
  return read;
}

std::vector<Alarm> read_all(Query& rows) {
  std::vector<Alarm> all;
  while (rows.next()) all.push_back(read_row(rows).alarm);
  return all;
}

std::string select(std::string_view rest) { return fmt::format("SELECT {} FROM alarms {}", kColumns, rest); }

}  // namespace

namespace alarms {

std::optional<Alarm> raise(Transaction& change, Alarm alarm, bool lasts, base::Instant now) {
  Query known(change,
              "SELECT 1 FROM alarms WHERE schedule_id = ?1 AND kind = ?2 AND (cleared_at IS NULL OR "
              "raised_at BETWEEN ?3 AND ?4)",
              alarm.schedule_id, alarm.kind, now - kPause + 1ms, now);
  if (known.next()) return std::nullopt;
  Query(change, "DELETE FROM alarms WHERE raised_at < ?1 AND cleared_at IS NOT NULL", now - kKept).run();
  const auto us = base::ProcessId::current();
  alarm.raised_at = now;
  if (!lasts) alarm.cleared_at = now;
  Query insert(change,
               "INSERT INTO alarms (schedule_id, kind, level, reason, command, since, raised_at, cleared_at, "
               "pid, process) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING id",
               alarm.schedule_id, alarm.kind, alarm.level, alarm.reason, alarm.command, alarm.since,
               alarm.raised_at, alarm.cleared_at, us.pid, us.text());
  insert.next();
  alarm.id = insert.get<std::int64_t>();
  return alarm;
}

void clear(Transaction& change, std::int64_t id, base::Instant now) {
  Query(change, "UPDATE alarms SET cleared_at = ?2 WHERE id = ?1 AND cleared_at IS NULL", id, now).run();
}

void clear_of(Transaction& change, std::string_view schedule_id, base::Instant now) {
  Query(change, "UPDATE alarms SET cleared_at = ?2 WHERE schedule_id = ?1 AND cleared_at IS NULL",
        schedule_id, now)
      .run();
}

void sent(Transaction& change, std::int64_t id, std::string_view problem, base::Instant now) {
  Query(change, "UPDATE alarms SET sent_at = ?2, problem = nullif(?3, '') WHERE id = ?1", id, now, problem)
      .run();
}

std::vector<Alarm> holding(Database& database) {
  Query rows(database, select("WHERE cleared_at IS NULL ORDER BY id"));
  return read_all(rows);
}

std::vector<Alarm> newest(Database& database, std::size_t limit) {
  Query rows(database, select("ORDER BY id DESC LIMIT ?1"), static_cast<std::int64_t>(limit));
  return read_all(rows);
}

std::vector<Alarm> unsent(Database& database, base::Instant now) {
  Query rows(database, select("WHERE sent_at IS NULL AND raised_at >= ?1 ORDER BY id"),
             now - kTakenOverWithin);
  std::vector<Alarm> orphans;
  while (rows.next()) {
    auto row = read_row(rows);
    if (base::ProcessId::parse(row.pid, row.process).life() == base::ProcessId::Life::dead)
      orphans.push_back(std::move(row.alarm));
  }
  return orphans;
}

void assign(Transaction& change, std::int64_t id, std::int64_t pid, std::string_view process) {
  Query(change, "UPDATE alarms SET pid = ?2, process = ?3 WHERE id = ?1", id, pid, process).run();
}

bool take_over(Transaction& change, std::int64_t id) {
  Query row(change, select("WHERE id = ?1 AND sent_at IS NULL"), id);
  if (!row.next()) return false;
  const auto owner = read_row(row);
  if (base::ProcessId::parse(owner.pid, owner.process).life() != base::ProcessId::Life::dead) return false;
  const auto us = base::ProcessId::current();
  assign(change, id, us.pid, us.text());
  return true;
}

std::optional<std::int64_t> cursor(Database& database) {
  Query row(database, "SELECT seq FROM alarm_cursor");
  return row.next() ? std::optional(row.get<std::int64_t>()) : std::nullopt;
}

void set_cursor(Transaction& change, std::int64_t seq) {
  Query(change, "INSERT INTO alarm_cursor (id, seq) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET seq = ?1",
        seq)
      .run();
}

}  // namespace alarms
}  // namespace ctt::store
