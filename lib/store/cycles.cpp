#include "store/cycles.h"

#include "base/error.h"
#include "store/cycle_rows.h"

namespace ctt::store {

using base::Error;
using base::Failure;

namespace {

constexpr auto kHistoryWhere =
    "WHERE (?1 IS NULL OR cycles.schedule_id = ?1) AND (?2 IS NULL OR cycles.status = ?2) "
    "AND (?3 IS NULL OR cycles.cycle_number < ?3) ";

std::string select(std::string_view rest) {
  return fmt::format("SELECT {} FROM cycles {}", kCycleColumns, rest);
}

// A cycle with its model's first confirmation in this schedule and its last end.
std::string select_records(std::string_view rest) {
  return fmt::format(
      "SELECT {}, coalesce((SELECT sha256 FROM models WHERE version = cycles.model_version), "
      "cycles.candidate_sha256), "
      "served.since, CASE WHEN served.open > 0 THEN NULL ELSE served.until END, coalesce(served.open, 0) > "
      "0, "
      "(SELECT refusal FROM deployments WHERE schedule_id = cycles.schedule_id AND model_version = "
      "cycles.model_version AND refusal NOT NULL ORDER BY id DESC LIMIT 1) "
      "FROM cycles LEFT JOIN (SELECT schedule_id, model_version, min(confirmed_at) AS since, max(ended_at) "
      "AS until, "
      "sum(ended_at IS NULL) AS open FROM deployments WHERE confirmed_at NOT NULL GROUP BY schedule_id, "
      "model_version) "
      "AS served ON served.schedule_id = cycles.schedule_id AND served.model_version = cycles.model_version "
      "{}",
      kCycleColumns, rest);
}

CycleRecord read_record(Query& row) {
  CycleRecord record;
  record.cycle = read_cycle(row);
  row >> record.checkpoint_sha256 >> record.deployed_at >> record.undeployed_at >> record.live >>
      record.refusal;
  return record;
}

[[noreturn]] void refuse_missing(std::string_view schedule_id, std::int64_t number) {
  throw Error(Failure::not_found, fmt::format("schedule {} has no cycle {}", schedule_id, number))
      .fix(fmt::format("ctt schedule history --schedule {}", schedule_id));
}

}  // namespace

Cycle read_cycle(Query& row) {
  Cycle c;
  row >> c.id >> c.schedule_id >> c.number >> c.status >> c.step >> c.slot_at >> c.slots >> c.started_at >>
      c.finished_at >> c.window_first >> c.window_last >> c.bars >> c.snapshot_sha256 >> c.defects >>
      c.experiment_id >> c.parent_experiment_id >> c.parent_model_version >> c.candidate_sha256 >>
      c.model_version >> c.decision >> c.decision_reason >> c.reason >> c.message >> c.metrics >>
      c.iterations_done >> c.total_iterations >> c.reward_mean >> c.eta_s >> c.pid >> c.process >>
      c.start_seq;
  return c;
}

namespace cycles {

Cycle get(Database& database, std::int64_t id) {
  Query row(database, select("WHERE id = ?1"), id);
  if (auto cycle = first(row, read_cycle)) return *cycle;
  throw Error(Failure::not_found, fmt::format("there is no cycle with row id {}", id));
}

Cycle get(Database& database, std::string_view schedule_id, std::int64_t number) {
  Query row(database, select("WHERE schedule_id = ?1 AND cycle_number = ?2"), schedule_id, number);
  if (auto cycle = first(row, read_cycle)) return *cycle;
  refuse_missing(schedule_id, number);
}

CycleRecord record(Database& database, std::string_view schedule_id, std::int64_t number) {
  Query row(database, select_records("WHERE cycles.schedule_id = ?1 AND cycles.cycle_number = ?2"),
            schedule_id, number);
  if (auto found = first(row, read_record)) return *found;
  refuse_missing(schedule_id, number);
}

std::optional<Cycle> running(Database& database, std::string_view schedule_id) {
  Query row(database, select("WHERE schedule_id = ?1 AND status = 'running'"), schedule_id);
  return first(row, read_cycle);
}

std::vector<Cycle> all_running(Database& database) {
  Query rows(database, select("WHERE status = 'running' ORDER BY id"));
  return all(rows, read_cycle);
}

std::optional<Cycle> last_completed(Database& database, std::string_view schedule_id) {
  Query row(database,
            select("WHERE schedule_id = ?1 AND status = 'completed' ORDER BY cycle_number DESC LIMIT 1"),
            schedule_id);
  return first(row, read_cycle);
}

std::vector<Cycle> recent(Database& database, std::string_view schedule_id, std::size_t limit) {
  Query rows(database, select("WHERE schedule_id = ?1 ORDER BY cycle_number DESC LIMIT ?2"), schedule_id,
             limit);
  return all(rows, read_cycle);
}

std::vector<CycleRecord> history(Database& database, const HistoryQuery& query) {
  Query rows(database, select_records(fmt::format("{} ORDER BY cycles.id DESC LIMIT ?4", kHistoryWhere)),
             query.schedule_id, query.result, query.before, query.limit);
  return all(rows, read_record);
}

std::int64_t count(Database& database, const HistoryQuery& query) {
  Query row(database, fmt::format("SELECT count(*) FROM cycles {}", kHistoryWhere), query.schedule_id,
            query.result, nullptr);
  row.next();
  return row.get<std::int64_t>();
}

SlotCounts slot_counts(Database& database, std::string_view schedule_id) {
  Query rows(database, "SELECT status, sum(slots) FROM cycles WHERE schedule_id = ?1 GROUP BY status",
             schedule_id);
  SlotCounts counts;
  while (rows.next()) {
    CycleStatus status{};
    std::int64_t slots = 0;
    rows >> status >> slots;
    switch (status) {
      case CycleStatus::running:
        counts.running = slots;
        break;
      case CycleStatus::completed:
        counts.completed = slots;
        break;
      case CycleStatus::failed:
        counts.failed = slots;
        break;
      case CycleStatus::skipped:
        counts.skipped = slots;
        break;
      case CycleStatus::cancelled:
        counts.cancelled = slots;
        break;
    }
  }
  return counts;
}

}  // namespace cycles
}  // namespace ctt::store
