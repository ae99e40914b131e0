#pragma once

#include "store/schedule_removal.h"
#include "store/schedules.h"
#include "store/state_context.h"

namespace ctt::schedule {

/// Throws Error(refused) naming what is in the way of deleting a schedule: it is active or paused, a cycle or a
/// trader of it runs, or its account still holds a position worth an order.
void check_removable(const store::StateContext& state, const store::Schedule& schedule);

/// `12 cycles, 3 sessions and 40 fills`: what goes with a schedule, for whoever has to confirm it.
std::string text_of(const store::ScheduleRows& rows);

}  // namespace ctt::schedule
