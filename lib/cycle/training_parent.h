#pragma once

#include <memory>
#include <optional>

#include "policy/policy.h"
#include "store/models.h"
#include "store/schedules.h"
#include "store/state_context.h"

namespace ctt::cycle {

/// The policy that a cycle trains from. Throws Error(not_found, integrity) when its file is lost or damaged;
/// the sentence ends with the command that has the schedule train on from its nearest sound ancestor.
std::shared_ptr<const policy::Policy> load_parent(const store::StateContext& state,
                                                  const store::Schedule& schedule, const store::Model& model);

/// The newest model, `model` and its ancestors in turn, whose file is sound; nothing when none is.
std::optional<store::Model> sound_ancestor(const store::StateContext& state, const store::Model& model);

/// Checks that a schedule's cycles can train from this model: file, and the contract of the schedule.
/// Slow enough to stay outside of a transaction. Throws Error(refused) for a pruned file or a foreign
/// contract, Error(integrity, not_found) for a damaged or missing file.
void check_trainable(const store::StateContext& state, const store::Schedule& schedule,
                     const store::Model& model);

/// The next cycle trains from this model. Appends `continuous_status_change`. False when it does already.
bool train_from(store::Transaction& change, const std::string& schedule_id, std::int64_t version,
                base::Instant now);

}  // namespace ctt::cycle
