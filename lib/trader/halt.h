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
  bool stored = true;           ///< else it holds in the running trader alone, which goes on trying
};

/// What a running trader is asked.
wire::Request halt_request(bool halt, const std::string& reason);

/// What came of that request: without a trader the schedule's row is written, where one starts from. A halt is written
/// there as well when the trader is silent: it holds as soon as that one looks, or the next one starts; a release is not.
/// Both take a flattening back that is not done yet. Throws Error(refused, unreachable) when a trader runs and does not do it.
Halted halted_by(const store::StateContext& state, const store::Schedule& schedule, bool halt,
                 const std::string& reason, const wire::Reply& reply);

/// Halts the schedule's trader, or lets it trade again: asks, and sees to what came of it as above.
Halted set_halt(const store::StateContext& state, const store::Schedule& schedule, bool halt,
                const std::string& reason, std::chrono::milliseconds timeout);

/// The error that belongs to a trader's silence, or to its no.
base::Error trader_refused(const base::Home& home, const std::string& schedule_id, const wire::Reply& reply);

}  // namespace ctt::trader
