#pragma once

#include <chrono>
#include <string>

#include "base/error.h"
#include "store/schedules.h"
#include "store/state_context.h"
#include "wire/client.h"

namespace ctt::trader {

/// What halting or releasing a schedule's trader came to.
struct Halted {
  store::TraderState state = store::TraderState::halted;
  bool changed = false;
  bool trader_running = false;  ///< else it holds from its next start
};

/// Halts the schedule's trader, or lets it trade again: asks the running one or, when none is, writes
/// to the schedule's row, where it starts from. Both take a flattening back that is not done yet.
/// Throws Error(refused, unreachable) when a trader runs and does not do it.
Halted set_halt(const store::StateContext& state, const store::Schedule& schedule, bool halt,
                const std::string& reason, std::chrono::milliseconds timeout);

/// The error that belongs to a trader's silence, or to its no.
base::Error trader_refused(const std::string& schedule_id, const wire::Reply& reply);

}  // namespace ctt::trader
