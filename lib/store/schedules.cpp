#include "store/schedules.h"

#include "base/error.h"
#include "base/json.h"
#include "store/events.h"
#include "store/models.h"
#include "store/reference.h"
#include "store/sql.h"

namespace ctt::store {

using base::Error;
using base::Failure;

namespace {

constexpr auto kSelect =
    "SELECT id, name, status, base_experiment_id, dataset_id, hp_pack_id, config, current_checkpoint_path, "
    "current_model_version, current_cycle, last_cycle_at, next_cycle_at, activated_at, status_reason, "
    "frozen, frozen_reason, skip_next, trader_state, trader_state_at, trader_state_reason, "
    "trader_flatten_at, "
    "trader_flatten_reason, created_at, updated_at FROM continuous_training_schedules ";

Schedule read_schedule(Query& row) {
  Schedule s;
  row >> s.id >> s.name >> s.status >> s.base_experiment_id >> s.dataset_id >> s.hp_pack_id >> s.config >>
      s.current_checkpoint_path >> s.current_model_version >> s.current_cycle >> s.last_cycle_at >>
      s.next_cycle_at >> s.activated_at >> s.status_reason >> s.frozen >> s.frozen_reason >> s.skip_next >>
      s.trader_state >> s.trader_state_at >> s.trader_state_reason >> s.flatten_at >> s.flatten_reason >>
      s.created_at >> s.updated_at;
  return s;
}

Schedule must_find(Database& database, std::string_view id) {
  if (auto schedule = schedules::find(database, id)) return *schedule;
  throw Error(Failure::not_found, fmt::format("no schedule is called \"{}\"", id)).fix("ctt schedule list");
}

void append_status(Transaction& change, const Schedule& schedule, std::optional<ScheduleState> previous,
                   base::Instant now, const StatusNote& note) {
  std::optional<std::string> next;
  if (schedule.next_cycle_at) next = base::to_rfc3339(*schedule.next_cycle_at);
  base::JsonWriter json;
  json.object()
      .field("schedule_id", schedule.id)
      .field("status", name(schedule.status))
      .field("next_cycle_at", next)
      .field("previous_status", name(previous.value_or(ScheduleState::idle)))
      .field("frozen", schedule.frozen)
      .field("health", note.health)
      .field("reason", note.reason)
      .end();
  events::append(change, {.ts = now,
                          .type = "continuous_status_change",
                          .schedule_id = schedule.id,
                          .cycle_number = {},
                          .payload = json.text()});
}

void append_halt_change(Transaction& change, std::string_view id, TraderState state,
                        const std::optional<std::string>& reason, base::Instant now) {
  base::JsonWriter json;
  json.object().field("schedule_id", id).field("halted", state == TraderState::halted);
  json.field("reason", reason).field("state", name(state)).end();
  events::append(change, {.ts = now,
                          .type = "live_halt_change",
                          .schedule_id = std::string(id),
                          .cycle_number = {},
                          .payload = json.text()});
}

void set_trader_state(Transaction& change, std::string_view id, TraderState state,
                      const std::optional<std::string>& reason, base::Instant now) {
  Query(change,
        "UPDATE continuous_training_schedules SET trader_state = ?2, trader_state_at = ?3, "
        "trader_state_reason = ?4, updated_at = ?3 WHERE id = ?1",
        id, state, now, reason)
      .run();
  append_halt_change(change, id, state, reason, now);
}

void set_flatten(Transaction& change, std::string_view id, const std::optional<std::string>& reason,
                 base::Instant now) {
  Query(change,
        "UPDATE continuous_training_schedules SET trader_flatten_at = ?2, trader_flatten_reason = ?3, "
        "updated_at = ?4 WHERE id = ?1",
        id, reason ? std::optional(now) : std::nullopt, reason, now)
      .run();
}

bool escalate(Transaction& change, std::string_view id, TraderState state, std::string_view reason,
              base::Instant now) {
  if (must_find(change, id).trader_state >= state) return false;
  set_trader_state(change, id, state, std::string(reason), now);
  return true;
}

}  // namespace

namespace schedules {

void insert(Transaction& change, const Schedule& s, const StatusNote& note) {
  if (find(change, s.id)) {
    throw Error(Failure::refused, fmt::format("there is a schedule \"{}\" already", s.id))
        .fix("ctt schedule list");
  }
  Query(change,
        "INSERT INTO continuous_training_schedules VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
        "?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)",
        s.id, s.name, s.status, s.base_experiment_id, s.dataset_id, s.hp_pack_id, s.config,
        s.current_checkpoint_path, s.current_model_version, s.current_cycle, s.last_cycle_at, s.next_cycle_at,
        s.activated_at, s.status_reason, s.frozen, s.frozen_reason, s.skip_next, s.trader_state_at,
        s.trader_state_reason, s.created_at, s.updated_at, s.trader_state, s.flatten_at, s.flatten_reason)
      .run();
  append_status(change, s, std::nullopt, s.created_at, note);
}

void update(Transaction& change, const Schedule& s, base::Instant now, const StatusNote& note) {
  const auto before = must_find(change, s.id);
  Query(change,
        "UPDATE continuous_training_schedules SET name = ?2, status = ?3, base_experiment_id = ?4, "
        "dataset_id = ?5, "
        "hp_pack_id = ?6, config = ?7, current_checkpoint_path = ?8, current_model_version = ?9, "
        "current_cycle = ?10, "
        "last_cycle_at = ?11, next_cycle_at = ?12, activated_at = ?13, status_reason = ?14, frozen = ?15, "
        "frozen_reason = ?16, skip_next = ?17, trader_state_at = ?18, trader_state_reason = ?19, "
        "updated_at = ?20, trader_state = ?21, trader_flatten_at = ?22, trader_flatten_reason = ?23 "
        "WHERE id = ?1",
        s.id, s.name, s.status, s.base_experiment_id, s.dataset_id, s.hp_pack_id, s.config,
        s.current_checkpoint_path, s.current_model_version, s.current_cycle, s.last_cycle_at, s.next_cycle_at,
        s.activated_at, s.status_reason, s.frozen, s.frozen_reason, s.skip_next, s.trader_state_at,
        s.trader_state_reason, now, s.trader_state, s.flatten_at, s.flatten_reason)
      .run();
  append_status(change, s, before.status, now, note);
}

void set_current_model(Transaction& change, std::string_view id, std::int64_t model_version,
                       base::Instant now) {
  Query(change,
        "UPDATE continuous_training_schedules SET current_model_version = ?2, current_checkpoint_path = ?3, "
        "updated_at = ?4 WHERE id = ?1",
        must_find(change, id).id, model_version, checkpoint_path(model_version), now)
      .run();
}

bool halt_trader(Transaction& change, std::string_view id, std::string_view reason, base::Instant now) {
  return escalate(change, id, TraderState::halted, reason, now);
}

bool reduce_trader(Transaction& change, std::string_view id, std::string_view reason, base::Instant now) {
  return escalate(change, id, TraderState::reducing, reason, now);
}

bool release_trader(Transaction& change, std::string_view id, base::Instant now) {
  withdraw_flatten(change, id, now);
  if (must_find(change, id).trader_state == TraderState::active) return false;
  set_trader_state(change, id, TraderState::active, std::nullopt, now);
  return true;
}

bool request_flatten(Transaction& change, std::string_view id, std::string_view reason, base::Instant now) {
  const auto schedule = must_find(change, id);
  if (schedule.flatten_reason) return false;
  set_flatten(change, id, std::string(reason), now);
  if (!reduce_trader(change, id, reason, now))
    append_halt_change(change, id, schedule.trader_state, std::string(reason), now);
  return true;
}

void finish_flatten(Transaction& change, std::string_view id, std::string_view outcome, base::Instant now) {
  const auto schedule = must_find(change, id);
  set_flatten(change, id, std::nullopt, now);
  if (schedule.halted() && schedule.trader_state_reason == outcome) return;  // told already
  set_trader_state(change, id, TraderState::halted, std::string(outcome), now);
}

bool withdraw_flatten(Transaction& change, std::string_view id, base::Instant now) {
  if (!must_find(change, id).flatten_reason) return false;
  set_flatten(change, id, std::nullopt, now);
  return true;
}

std::optional<Schedule> find(Database& database, std::string_view id) {
  Query row(database, fmt::format("{} WHERE id = ?1", kSelect), id);
  return first(row, read_schedule);
}

Schedule get(Database& database, std::string_view reference) {
  if (auto schedule = find(database, reference)) return *schedule;
  std::vector<Named> known;
  for (const auto& schedule : list(database)) known.push_back({schedule.id, schedule.name});
  return *find(database, resolve("schedule", reference, known, "ctt schedule list"));
}

Schedule get_or_only(Database& database, const std::optional<std::string>& reference) {
  if (reference) return get(database, *reference);
  const auto known = list(database);
  if (known.size() == 1) return known.front();
  if (known.empty()) {
    throw Error(Failure::not_found, "there is no schedule yet").fix("ctt schedule start --help");
  }
  std::vector<std::string> ids;
  for (const auto& schedule : known) ids.push_back(schedule.id);
  throw Error(Failure::usage,
              fmt::format("there are {} schedules ({}); name one", ids.size(), fmt::join(ids, ", ")))
      .fix(fmt::format("ctt ... --schedule {}", ids.front()));
}

std::vector<Schedule> list(Database& database) {
  Query rows(database, fmt::format("{} ORDER BY id", kSelect));
  return all(rows, read_schedule);
}

}  // namespace schedules
}  // namespace ctt::store
