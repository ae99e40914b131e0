#include "schedule/control.h"

#include "base/error.h"
#include "schedule/health.h"
#include "schedule/slots.h"
#include "store/datasets.h"
#include "store/experiments.h"
#include "store/models.h"
#include "store/packs.h"
#include "store/reference.h"

namespace ctt::schedule {

using base::Error;
using base::Failure;
using store::Schedule;
using store::ScheduleState;

namespace {

void save(store::Transaction& change, const Schedule& schedule, base::Instant now,
          const std::optional<std::string>& reason = std::nullopt) {
  store::schedules::update(change, schedule, now,
                           {reason, std::string(name(health(change, schedule, now).health))});
}

store::Experiment base_of(store::Database& database, const std::string& reference) {
  const auto experiment = store::experiments::get(database, reference);
  if (experiment.checkpoint_sha256) return experiment;
  auto error =
      Error(Failure::not_found,
            fmt::format("cannot start a schedule from \"{}\": it has no checkpoint", experiment.name))
          .fix(fmt::format("ctt experiments show {}", experiment.id));
  throw std::move(error).why(experiment.message.value_or(""));
}

void activate(Schedule& schedule, const Config& config, base::Instant now) {
  schedule.status = ScheduleState::active;
  schedule.status_reason.reset();
  schedule.activated_at = now;
  schedule.next_cycle_at = slot_after(config, now);
}

// A stopped schedule goes on from its newest model; another base begins a lineage of its own.
void take_settings(store::Database& database, Schedule& schedule, const StartRequest& request) {
  const auto base = base_of(database, request.base_experiment_id);
  if (schedule.base_experiment_id != base.id) {
    schedule.current_model_version.reset();
    schedule.current_checkpoint_path.reset();
    if (const auto model = store::models::of_experiment(database, base.id)) {
      schedule.current_model_version = model->version;
      schedule.current_checkpoint_path = store::checkpoint_path(model->version);
    }
  }
  schedule.base_experiment_id = base.id;
  schedule.dataset_id = store::datasets::get(database, request.dataset_id).id;
  schedule.hp_pack_id = store::packs::get(database, request.hp_pack_id).id;
  schedule.config = request.config.json();
  schedule.skip_next = false;
}

ControlOutcome start_again(store::Transaction& change, Schedule schedule, const StartRequest& request,
                           base::Instant now) {
  if (schedule.status == ScheduleState::active) return ControlOutcome::already;
  if (schedule.status == ScheduleState::paused) {
    throw Error(Failure::refused, fmt::format("schedule {} is paused", schedule.id))
        .fix(fmt::format("ctt schedule resume --schedule {}", schedule.id));
  }
  take_settings(change, schedule, request);
  activate(schedule, request.config, now);
  save(change, schedule, now);
  return ControlOutcome::done;
}

ControlOutcome halt(store::Transaction& change, Schedule schedule, ScheduleState status,
                    const std::optional<std::string>& reason, base::Instant now) {
  if (schedule.status == status) return ControlOutcome::already;
  schedule.status = status;
  schedule.status_reason = reason;
  schedule.next_cycle_at.reset();
  save(change, schedule, now, reason);
  return ControlOutcome::done;
}

ControlOutcome set_frozen(store::Transaction& change, std::string_view id, bool frozen,
                          const std::optional<std::string>& reason, base::Instant now) {
  auto schedule = store::schedules::get(change, id);
  if (schedule.frozen == frozen) return ControlOutcome::already;
  schedule.frozen = frozen;
  schedule.frozen_reason = reason;
  save(change, schedule, now, reason);
  return ControlOutcome::done;
}

}  // namespace

ControlOutcome start(store::Transaction& change, const StartRequest& request, base::Instant now) {
  request.config.check(fmt::format("schedule {}", request.name));
  refuse_impossible_gate(request.config, fmt::format("schedule {}", request.name));
  const auto id = store::slug(request.name);
  if (auto known = store::schedules::find(change, id))
    return start_again(change, std::move(*known), request, now);
  Schedule schedule;
  schedule.id = schedule.name = id;
  take_settings(change, schedule, request);
  activate(schedule, request.config, now);
  schedule.created_at = schedule.updated_at = now;
  store::schedules::insert(change, schedule, {std::nullopt, std::string(name(Health::ok))});
  return ControlOutcome::done;
}

ControlOutcome stop(store::Transaction& change, std::string_view schedule_id,
                    const std::optional<std::string>& reason, base::Instant now) {
  return halt(change, store::schedules::get(change, schedule_id), ScheduleState::idle, reason, now);
}

ControlOutcome pause(store::Transaction& change, std::string_view schedule_id,
                     const std::optional<std::string>& reason, base::Instant now) {
  const auto schedule = store::schedules::get(change, schedule_id);
  if (schedule.status == ScheduleState::idle)
    throw Error(Failure::refused, fmt::format("schedule {} is stopped", schedule.id))
        .fix("ctt schedule resume --schedule " + schedule.id);
  return halt(change, schedule, ScheduleState::paused, reason, now);
}

ControlOutcome resume(store::Transaction& change, std::string_view schedule_id, base::Instant now) {
  auto schedule = store::schedules::get(change, schedule_id);
  if (schedule.status == ScheduleState::active) return ControlOutcome::already;
  activate(schedule, config_of(schedule), now);
  save(change, schedule, now);
  return ControlOutcome::done;
}

ControlOutcome freeze(store::Transaction& change, std::string_view schedule_id,
                      const std::optional<std::string>& reason, base::Instant now) {
  return set_frozen(change, schedule_id, true, reason, now);
}

ControlOutcome unfreeze(store::Transaction& change, std::string_view schedule_id, base::Instant now) {
  return set_frozen(change, schedule_id, false, std::nullopt, now);
}

ControlOutcome skip_next(store::Transaction& change, std::string_view schedule_id, base::Instant now) {
  auto schedule = store::schedules::get(change, schedule_id);
  if (schedule.status != ScheduleState::active) {
    throw Error(Failure::refused,
                fmt::format("schedule {} is {}: no slot is to come", schedule.id, name(schedule.status)))
        .fix("ctt schedule status");
  }
  if (schedule.skip_next) return ControlOutcome::already;
  schedule.skip_next = true;
  save(change, schedule, now, "skip_next");
  return ControlOutcome::done;
}

ControlOutcome update(store::Transaction& change, std::string_view schedule_id, const Config& config,
                      base::Instant now) {
  auto schedule = store::schedules::get(change, schedule_id);
  config.check(fmt::format("schedule {}", schedule.id));
  const auto before = config_of(schedule);
  if (before == config) return ControlOutcome::already;
  // One that is so already may still get another interval.
  if (before.gate != config.gate || before.holdout_candles != config.holdout_candles)
    refuse_impossible_gate(config, fmt::format("schedule {}", schedule.id));
  schedule.config = config.json();
  const bool moved = before.interval != config.interval || before.anchor != config.anchor;
  // A slot that is due already stays: it would have no row.
  if (moved && schedule.next_cycle_at && *schedule.next_cycle_at > now)
    schedule.next_cycle_at = slot_after(config, now);
  save(change, schedule, now);
  return ControlOutcome::done;
}

Config config_of(const Schedule& schedule) {
  return Config::parse(schedule.config, fmt::format("schedule {}", schedule.id));
}

}  // namespace ctt::schedule
