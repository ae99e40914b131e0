#pragma once

#include "base/home.h"
#include "policy/checkpoint.h"
#include "store/database.h"
#include "store/schedules.h"

namespace ctt::trader {

/// The contract of a schedule's trader: that of the base policy it started from, or of the desired
/// model when that file is gone. Simulated brokers take commission and fill from it.
/// Throws Error(not_found) when the schedule has no model yet.
policy::Contract contract_of(store::Database& database, const base::Home& home,
                             const store::Schedule& schedule);

}  // namespace ctt::trader
