#pragma once

#include "base/home.h"
#include "policy/checkpoint.h"
#include "store/database.h"
#include "store/schedules.h"

namespace ctt::trader {

/// The contract of a schedule's trader: that of the base policy it started from, or, when that file is gone
/// or damaged, of the model that is served or desired. All models of a schedule have one contract, so a
/// damaged file is no reason not to trade with a whole one. Simulated brokers take commission and fill
/// from it.
/// Throws Error(not_found) when the schedule has no model yet, and what is wrong with the first when none
/// of them is whole.
policy::Contract contract_of(store::Database& database, const base::Home& home,
                             const store::Schedule& schedule);

}  // namespace ctt::trader
