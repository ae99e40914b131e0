#pragma once

#include "base/error.h"
#include "policy/checkpoint.h"
#include "store/schedules.h"
#include "store/state_context.h"

namespace ctt::models {

/// Whether a model that did not load is to blame for that itself: its file is missing or damaged, or it is
/// of another contract. Otherwise the machine is (no descriptors, no memory, a disk that does not answer),
/// and the same file may load a moment later.
bool is_models_fault(const base::Error& error);

/// The contract of a schedule, which its trader serves, a deployment must have and an import is held
/// against: that of the base policy it started from, or, when that file is gone or damaged, of the model
/// that is served or desired. All models of a schedule have one contract, so a damaged file is no reason
/// not to go on with a whole one. Simulated brokers take commission and fill from it.
/// Throws Error(not_found) when the schedule has no model yet, and what is wrong with the first when none
/// of them is whole.
policy::Contract contract_of(const store::StateContext& state, const store::Schedule& schedule);

}  // namespace ctt::models
