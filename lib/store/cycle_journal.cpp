#include "store/cycle_journal.h"

#include "base/error.h"
#include "base/json.h"
#include "store/cycle_rows.h"
#include "store/events.h"
#include "store/models.h"

namespace ctt::store {

using base::Error;
using base::Failure;

namespace {

Cycle running_cycle(Database& database, std::int64_t id) {
  auto cycle = cycles::get(database, id);
  if (cycle.status == CycleStatus::running) return cycle;
  throw Error(Failure::refused, fmt::format("cycle {} of {} is {} and no longer running", cycle.number,
                                            cycle.schedule_id, name(cycle.status)))
      .fix(fmt::format("ctt cycle show {} --schedule {}", cycle.number, cycle.schedule_id));
}

/// The payload of a cycle's event, begun with what all of them say.
class Payload : public base::JsonWriter {
 public:
  explicit Payload(const Cycle& cycle) {
    object().field("schedule_id", cycle.schedule_id).field("cycle_number", cycle.number);
  }
};

std::int64_t append(Transaction& change, const Cycle& cycle, std::string type, base::JsonWriter& payload,
                    base::Instant now) {
  payload.end();
  return events::append(change, {.ts = now,
                                 .type = std::move(type),
                                 .schedule_id = cycle.schedule_id,
                                 .cycle_number = cycle.number,
                                 .payload = payload.text()});
}

void append_progress(Transaction& change, std::int64_t id, base::Instant now) {
  const auto cycle = cycles::get(change, id);
  Payload payload(cycle);
  payload.field("iteration", cycle.iterations_done)
      .field("total_iterations", cycle.total_iterations)
      .field("phase", phase(cycle.step))
      .field("reward_mean", cycle.reward_mean)
      .field("eta_s", cycle.eta_s);
  append(change, cycle, "continuous_cycle_progress", payload, now);
}

void append_skipped(Transaction& change, const Cycle& cycle, base::Instant now) {
  Payload payload(cycle);
  payload.field("reason", cycle.reason).field("message", cycle.message);
  append(change, cycle, "continuous_cycle_skipped", payload, now);
}

// The next number of a schedule, which its row remembers.
std::int64_t take_number(Transaction& change, std::string_view schedule_id) {
  Query(change, "UPDATE continuous_training_schedules SET current_cycle = current_cycle + 1 WHERE id = ?1",
        schedule_id)
      .run();
  Query row(change, "SELECT current_cycle FROM continuous_training_schedules WHERE id = ?1", schedule_id);
  if (row.next()) return row.get<std::int64_t>();
  throw Error(Failure::not_found, fmt::format("no schedule is called \"{}\"", schedule_id))
      .fix("ctt schedule list");
}

void insert(Transaction& change, const Cycle& c) {
  Query(
      change,
      "INSERT INTO cycles (schedule_id, cycle_number, status, step, slot_at, slots, started_at, finished_at, "
      "parent_model_version, decision, reason, message, iterations_done, total_iterations, pid, process, "
      "start_seq) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 0, ?13, ?14, 0)",
      c.schedule_id, c.number, c.status, c.step, c.slot_at, c.slots, c.started_at, c.finished_at,
      c.parent_model_version, c.decision, c.reason, c.message, c.pid, c.process)
      .run();
}

void end_without_result(Transaction& change, std::int64_t id, CycleStatus status, std::string_view reason,
                        std::string_view message, base::Instant now) {
  Query(change,
        "UPDATE cycles SET status = ?2, reason = ?3, message = ?4, finished_at = ?5, eta_s = NULL WHERE id = "
        "?1",
        id, status, reason, message, now)
      .run();
}

void end_as_failed(Transaction& change, std::int64_t id, CycleStatus status, std::string_view reason,
                   std::string_view message, base::Instant now) {
  const auto cycle = running_cycle(change, id);
  end_without_result(change, id, status, reason, message, now);
  Payload payload(cycle);
  payload.field("experiment_id", cycle.experiment_id).field("reason", reason).field("message", message);
  append(change, cycle, "continuous_cycle_failed", payload, now);
}

}  // namespace

namespace cycles {

Cycle claim(Transaction& change, const NewCycle& given, base::Instant now) {
  if (const auto other = running(change, given.schedule_id)) {
    throw Error(Failure::busy, fmt::format("cycle {} of {} is still running (pid {})", other->number,
                                           other->schedule_id, other->pid))
        .fix(fmt::format("ctt cycle show {} --schedule {}", other->number, other->schedule_id));
  }
  Cycle cycle;
  cycle.schedule_id = given.schedule_id;
  cycle.slot_at = given.slot_at;
  cycle.started_at = now;
  cycle.number = take_number(change, given.schedule_id);
  cycle.parent_model_version = given.parent_model_version;
  cycle.pid = given.pid;
  cycle.process = given.process;
  insert(change, cycle);
  Query(change, "UPDATE continuous_training_schedules SET last_cycle_at = ?2, updated_at = ?2 WHERE id = ?1",
        given.schedule_id, now)
      .run();
  return get(change, given.schedule_id, cycle.number);
}

Cycle skip(Transaction& change, const SkippedSlots& slots, base::Instant now) {
  Cycle cycle;
  cycle.schedule_id = slots.schedule_id;
  cycle.slot_at = slots.slot_at;
  cycle.number = take_number(change, slots.schedule_id);
  cycle.status = CycleStatus::skipped;
  cycle.slots = slots.slots;
  cycle.started_at = now;
  cycle.finished_at = now;
  cycle.reason = slots.reason;
  cycle.message = slots.message;
  insert(change, cycle);
  cycle = get(change, slots.schedule_id, cycle.number);
  append_skipped(change, cycle, now);
  return cycle;
}

void enter(Transaction& change, std::int64_t id, Step step, base::Instant now) {
  const auto cycle = running_cycle(change, id);
  Query(change, "UPDATE cycles SET step = ?2, eta_s = NULL WHERE id = ?1", id, step).run();
  if (cycle.start_seq != 0 && phase(cycle.step) != phase(step)) append_progress(change, id, now);
}

void start(Transaction& change, std::int64_t id, const CycleStart& s, base::Instant now) {
  const auto cycle = running_cycle(change, id);
  if (cycle.start_seq != 0) throw std::invalid_argument("this cycle has started already");
  Payload payload(cycle);
  const auto parent = s.parent_model_version ? s.parent_model_version : cycle.parent_model_version;
  payload.field("experiment_id", s.experiment_id)
      .field("window_start", s.window_first)
      .field("window_end", s.window_last)
      .field("parent_model_version", parent)
      .field("total_iterations", s.total_iterations)
      .field("bars", s.bars);
  const auto seq = append(change, cycle, "continuous_cycle_start", payload, now);
  Query(change,
        "UPDATE cycles SET experiment_id = ?2, parent_experiment_id = ?3, parent_model_version = ?4, "
        "window_first = ?5, "
        "window_last = ?6, bars = ?7, snapshot_sha256 = ?8, defects = ?9, total_iterations = ?10, start_seq "
        "= ?11 "
        "WHERE id = ?1",
        id, s.experiment_id, s.parent_experiment_id, parent, s.window_first, s.window_last, s.bars,
        s.snapshot_sha256, s.defects, s.total_iterations, seq)
      .run();
}

void progress(Transaction& change, std::int64_t id, const CycleProgress& p, base::Instant now) {
  running_cycle(change, id);
  Query(change,
        "UPDATE cycles SET iterations_done = ?2, total_iterations = ?3, reward_mean = ?4, eta_s = ?5 WHERE "
        "id = ?1",
        id, p.iteration, p.total_iterations, p.reward_mean, p.eta_s)
      .run();
  append_progress(change, id, now);
}

void take_over(Transaction& change, std::int64_t id, std::int64_t pid, std::string_view process) {
  running_cycle(change, id);
  Query(change, "UPDATE cycles SET pid = ?2, process = ?3 WHERE id = ?1", id, pid, process).run();
  Query(change, "UPDATE experiments SET pid = ?2 WHERE id = (SELECT experiment_id FROM cycles WHERE id = ?1)",
        id, pid)
      .run();
}

void set_defects(Transaction& change, std::int64_t id, std::string_view defects) {
  running_cycle(change, id);
  Query(change, "UPDATE cycles SET defects = ?2 WHERE id = ?1", id, defects).run();
}

void set_candidate(Transaction& change, std::int64_t id, std::string_view sha256) {
  running_cycle(change, id);
  Query(change, "UPDATE cycles SET candidate_sha256 = ?2 WHERE id = ?1", id, sha256).run();
}

void set_model(Transaction& change, std::int64_t id, std::int64_t model_version) {
  running_cycle(change, id);
  Query(change, "UPDATE cycles SET model_version = ?2 WHERE id = ?1", id, model_version).run();
}

void complete(Transaction& change, std::int64_t id, const CycleResult& result, base::Instant now) {
  const auto before = running_cycle(change, id);
  Query(change,
        "UPDATE cycles SET status = 'completed', model_version = coalesce(?2, model_version), decision = ?3, "
        "decision_reason = ?4, metrics = ?5, finished_at = ?6, eta_s = NULL WHERE id = ?1",
        id, result.model_version, result.decision, result.decision_reason, result.metrics, now)
      .run();
  const auto ended = record(change, before.schedule_id, before.number);
  const auto version = ended.cycle.model_version;
  Payload payload(before);
  payload.field("experiment_id", before.experiment_id)
      .field("checkpoint_path", version ? std::optional(checkpoint_path(*version)) : std::nullopt)
      .raw_field("metrics", result.metrics)
      .field("model_version", version)
      .field("decision", name(result.decision))
      .field("decision_reason", result.decision_reason)
      .field("checkpoint_sha256", ended.checkpoint_sha256);
  append(change, before, "continuous_cycle_complete", payload, now);
}

void fail(Transaction& change, std::int64_t id, std::string_view reason, std::string_view message,
          base::Instant now) {
  end_as_failed(change, id, CycleStatus::failed, reason, message, now);
}

void cancel(Transaction& change, std::int64_t id, std::string_view message, base::Instant now) {
  end_as_failed(change, id, CycleStatus::cancelled, "cancelled", message, now);
}

void give_up(Transaction& change, std::int64_t id, std::string_view reason, std::string_view message,
             base::Instant now) {
  if (running_cycle(change, id).start_seq != 0)
    throw std::invalid_argument("a started cycle cannot end as skipped");
  end_without_result(change, id, CycleStatus::skipped, reason, message, now);
  append_skipped(change, get(change, id), now);
}

}  // namespace cycles
}  // namespace ctt::store
