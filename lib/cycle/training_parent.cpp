#include "cycle/training_parent.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/schedule_contract.h"
#include "schedule/health.h"

namespace ctt::cycle {

using base::Error;
using base::Failure;

namespace {

std::shared_ptr<const policy::Policy> load(const store::StateContext& state, const store::Model& model) {
  return policy::Policy::load(state.home.model(model.sha256), model.sha256);
}

bool is_sound(const store::StateContext& state, const store::Model& model) {
  try {
    return !model.pruned_at && load(state, model) != nullptr;
  } catch (const Error&) {
    return false;
  }
}

std::string remedy(const store::StateContext& state, const store::Schedule& schedule,
                   const store::Model& model) {
  if (const auto sound = sound_ancestor(state, model)) {
    return fmt::format("ctt schedule update --schedule {} --train-from v{} trains on from its ancestor",
                       schedule.id, sound->version);
  }
  return fmt::format("none of its ancestors has a sound file; ctt models list --schedule {}", schedule.id);
}

}  // namespace

std::shared_ptr<const policy::Policy> load_parent(const store::StateContext& state,
                                                  const store::Schedule& schedule,
                                                  const store::Model& model) {
  try {
    return load(state, model);
  } catch (const Error& error) {
    throw Error(error.failure(),
                fmt::format("v{}, from which schedule {} trains, cannot be read: {}; {}", model.version,
                            schedule.id, error.what(), remedy(state, schedule, model)));
  }
}

std::optional<store::Model> sound_ancestor(const store::StateContext& state, const store::Model& model) {
  for (const auto& ancestor : store::models::lineage(state.database, model.version)) {
    if (is_sound(state, ancestor)) return ancestor;
  }
  return std::nullopt;
}

void check_trainable(const store::StateContext& state, const store::Schedule& schedule,
                     const store::Model& model) {
  if (model.pruned_at) {
    throw Error(Failure::refused, fmt::format("the file of v{} was pruned at {}", model.version,
                                              base::to_rfc3339(*model.pruned_at)))
        .fix(fmt::format("ctt models list --schedule {}", schedule.id));
  }
  const auto contract = models::contract_of(state, schedule);
  policy::Policy::load(state.home.model(model.sha256), model.sha256, &contract);
}

bool train_from(store::Transaction& change, const std::string& schedule_id, std::int64_t version,
                base::Instant now) {
  if (store::schedules::get(change, schedule_id).current_model_version == version) return false;
  store::schedules::set_current_model(change, schedule_id, version, now);
  const auto schedule = store::schedules::get(change, schedule_id);
  const auto health = schedule::health(change, schedule, now).health;
  store::schedules::update(change, schedule, now,
                           {fmt::format("trains from v{}", version), std::string(schedule::name(health))});
  return true;
}

}  // namespace ctt::cycle
