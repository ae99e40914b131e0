#include "store/replays.h"

#include "base/error.h"
#include "base/names.h"
#include "store/reference.h"
#include "store/sql.h"

namespace ctt::store {

namespace {

constexpr auto kStatuses = base::names_of<ReplayStatus>({{ReplayStatus::running, "running"},
                                                         {ReplayStatus::completed, "completed"},
                                                         {ReplayStatus::stopped, "stopped"},
                                                         {ReplayStatus::failed, "failed"}});

constexpr auto kSelect =
    "SELECT id, schedule_id, dataset_id, status, settings, lineages, lineages_done, sentence, trials, "
    "message, "
    "pid, created_at, ended_at FROM replays ";

Replay read_replay(Query& row) {
  Replay replay;
  std::string status;
  row >> replay.id >> replay.schedule_id >> replay.dataset_id >> status >> replay.settings >>
      replay.lineages >> replay.lineages_done >> replay.sentence >> replay.trials >> replay.message >>
      replay.pid >> replay.created_at >> replay.ended_at;
  const auto known = kStatuses.find(status);
  if (!known)
    throw base::Error(base::Failure::integrity, "replay " + replay.id + " has the status " + status);
  replay.status = *known;
  return replay;
}

}  // namespace

std::string_view name(ReplayStatus status) { return kStatuses.name(status); }

namespace replays {

void insert(Transaction& change, const Replay& replay) {
  Query(
      change,
      "INSERT INTO replays (id, schedule_id, dataset_id, status, settings, pid, created_at) VALUES (?1, ?2, "
      "?3, ?4, ?5, ?6, ?7)",
      replay.id, replay.schedule_id, replay.dataset_id, name(replay.status), replay.settings, replay.pid,
      replay.created_at)
      .run();
}

void begin(Transaction& change, std::string_view id, std::int64_t lineages, std::int64_t pid) {
  Query(change,
        "UPDATE replays SET status = 'running', lineages = ?2, lineages_done = 0, pid = ?3, message = NULL, "
        "ended_at = NULL WHERE id = ?1",
        id, lineages, pid)
      .run();
}

void progress(Transaction& change, std::string_view id, std::int64_t lineages_done) {
  Query(change, "UPDATE replays SET lineages_done = ?2 WHERE id = ?1", id, lineages_done).run();
}

void finish(Transaction& change, std::string_view id, const ReplayEnd& end, base::Instant now) {
  Query(
      change,
      "UPDATE replays SET status = ?2, sentence = ?3, trials = ?4, message = ?5, ended_at = ?6 WHERE id = ?1",
      id, name(end.status), end.sentence, end.trials, end.message, now)
      .run();
}

void remove(Transaction& change, std::string_view id) {
  Query(change,
        "INSERT INTO deleted_replay_trials (dataset_id, trials, created_at) "
        "SELECT dataset_id, trials, created_at FROM replays WHERE id = ?1 AND status = 'completed'",
        id)
      .run();
  Query(change, "DELETE FROM replays WHERE id = ?1", id).run();
}

Replay get(Database& database, std::string_view reference) {
  std::vector<Named> known;
  for (const auto& replay : list(database)) known.push_back({replay.id, replay.id});
  const auto id = resolve("replay", reference, known, "ctt replay list");
  Query row(database, std::string(kSelect) + "WHERE id = ?1", id);
  return first(row, read_replay).value();
}

std::vector<Replay> list(Database& database) {
  Query rows(database, std::string(kSelect) + "ORDER BY created_at DESC, rowid DESC");
  return all(rows, read_replay);
}

std::vector<std::string> trials(Database& database, std::string_view dataset_id) {
  Query rows(
      database,
      "SELECT trials FROM (SELECT trials, created_at FROM deleted_replay_trials WHERE dataset_id = ?1 "
      "UNION ALL SELECT trials, created_at FROM replays WHERE dataset_id = ?1 AND status = 'completed') "
      "ORDER BY created_at",
      dataset_id);
  return all(rows, [](Query& row) {
    std::string text;
    row >> text;
    return text;
  });
}

}  // namespace replays
}  // namespace ctt::store
