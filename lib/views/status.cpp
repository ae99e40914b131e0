#include "views/status.h"

#include <fmt/format.h>

#include "cycle/live_verdict.h"
#include "schedule/control.h"
#include "schedule/liveness.h"
#include "store/events.h"
#include "store/live_sessions.h"
#include "store/models.h"
#include "views/verdict.h"

namespace ctt::views {

namespace {

void add_running(base::JsonWriter& json, const std::optional<store::Cycle>& cycle) {
  json.key("running_cycle");
  if (!cycle) {
    json.value(nullptr);
    return;
  }
  json.object()
      .field("cycle_number", cycle->number)
      .field("experiment_id", cycle->experiment_id)
      .field("phase", store::phase(cycle->step));
  json.field("iteration", cycle->iterations_done).field("total_iterations", cycle->total_iterations);
  json.field("started_at", cycle->started_at).field("eta_s", cycle->eta_s).end();
}

void add_deployed(base::JsonWriter& json, const StatusView& view) {
  json.key("deployed");
  if (!view.desired) {
    json.value(nullptr);
    return;
  }
  const auto& deployment = *view.desired;
  json.object()
      .field("model_version", deployment.model_version)
      .field("cycle_number", deployment.cycle_number);
  json.field("checkpoint_path", store::checkpoint_path(deployment.model_version))
      .field("sha256", deployment.sha256);
  const auto by = view.served_by_trader()   ? std::optional("trader")
                  : view.served_by_replay() ? std::optional("replay")
                                            : std::nullopt;
  json.field("deployed_at", deployment.confirmed_at)
      .field("served", view.served_by_trader())
      .field("served_by", by)
      .end();
}

std::optional<store::Cycle> running_cycle(const store::StateContext& state, const store::Schedule& schedule) {
  auto cycle = store::cycles::running(state.database, schedule.id);
  return cycle && schedule::is_alive(state.home, *cycle) ? cycle : std::nullopt;
}

}  // namespace

std::optional<store::LiveSession> running_replay(const store::StateContext& state,
                                                 const std::string& schedule_id) {
  auto sessions = store::live_sessions::running(state.database, schedule_id);
  std::erase_if(sessions, [&](const store::LiveSession& session) {
    return !session.replay || !schedule::is_alive(state.home, session);
  });
  return sessions.empty() ? std::nullopt : std::optional(std::move(sessions.back()));
}

StatusView status_view(const store::StateContext& state, const store::Schedule& schedule,
                       const upkeep::TraderHealth& trader, std::optional<std::chrono::seconds> age_max) {
  StatusView view{.schedule = schedule,
                  .config = schedule::config_of(schedule),
                  .running = running_cycle(state, schedule),
                  .last = {},
                  .desired = store::deployments::desired(state.database, schedule.id),
                  .served = store::deployments::served(state.database, schedule.id),
                  .slots = store::cycles::slot_counts(state.database, schedule.id),
                  .live_verdict = cycle::live_verdict(state.database, schedule),
                  .health = schedule::health(state, schedule, age_max),
                  .verdict = upkeep::verdict(state, schedule, trader, age_max),
                  .replay_serves = {}};
  if (const auto replay = running_replay(state, schedule.id)) view.replay_serves = replay->model_version;
  for (const auto& cycle : store::cycles::recent(state.database, schedule.id, 2)) {
    if (cycle.status != store::CycleStatus::running && !view.last) view.last = cycle;
  }
  return view;
}

void add_status(base::JsonWriter& json, const StatusView& view, store::Database& database,
                base::Instant now) {
  const auto& row = view.schedule;
  json.field("schedule_id", row.id)
      .field("name", row.name)
      .field("status", store::name(row.status))
      .field("frozen", row.frozen)
      .field("skip_next", row.skip_next);
  json.field("health", schedule::name(view.health.health));
  json.field("health_reason", view.health.reason.empty() ? std::nullopt : std::optional(view.health.reason));
  json.raw_field("verdict", verdict_json(view.verdict)).field("trader_running", view.verdict.trader_running);
  json.field("replay_model_version", view.replay_serves);
  json.field("base_experiment_id", row.base_experiment_id)
      .field("dataset_id", row.dataset_id)
      .field("hp_pack_id", row.hp_pack_id);
  json.raw_field("config", view.config.json())
      .field("current_checkpoint_path", row.current_checkpoint_path)
      .field("current_cycle", row.current_cycle);
  json.field("last_cycle_at", row.last_cycle_at).field("next_cycle_at", row.next_cycle_at);
  add_running(json, view.running);
  add_deployed(json, view);
  json.raw_field("live_verdict", view.live_verdict ? view.live_verdict->json() : "null");
  const auto previous = store::deployments::previous(database, row.id);
  json.field("rollback_model_version", previous ? std::optional(previous->model_version) : std::nullopt);
  json.field("created_at", row.created_at).field("updated_at", row.updated_at);
  json.field("server_time", now).field("seq", store::events::last_seq(database));
}

void add_no_status(base::JsonWriter& json, const store::StateContext& state) {
  json.field("schedule_id", nullptr).field("name", nullptr).field("status", "idle").field("frozen", false);
  json.field("skip_next", false).field("health", "ok").field("health_reason", nullptr);
  json.raw_field("verdict", verdict_json(upkeep::machine_verdict(state))).field("trader_running", false);
  for (const auto* key :
       {"base_experiment_id", "dataset_id", "hp_pack_id", "config", "current_checkpoint_path"})
    json.field(key, nullptr);
  json.field("current_cycle", 0);
  for (const auto* key : {"last_cycle_at", "next_cycle_at", "running_cycle", "deployed", "live_verdict",
                          "replay_model_version", "rollback_model_version", "created_at", "updated_at"})
    json.field(key, nullptr);
  json.field("server_time", state.clock.now()).field("seq", store::events::last_seq(state.database));
}

}  // namespace ctt::views
