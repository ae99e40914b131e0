#include "schedule/removal.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "schedule/liveness.h"
#include "store/cycles.h"
#include "store/live_sessions.h"

namespace ctt::schedule {

using base::Error;
using base::Failure;

namespace {

constexpr double kSmallestOrder = 1;  // quote currency; what is worth less could not be sold

std::string plural(std::int64_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

void check_removable(const store::StateContext& state, const store::Schedule& schedule) {
  const auto& id = schedule.id;
  if (schedule.status != store::ScheduleState::idle)
    throw Error(Failure::refused,
                fmt::format("schedule {} is {}; stop it first", id, store::name(schedule.status)))
        .fix(fmt::format("ctt schedule stop --schedule {}", id));
  if (const auto cycle = store::cycles::running(state.database, id))
    throw Error(Failure::refused, fmt::format("cycle {} of {} has not ended", cycle->number, id))
        .fix(fmt::format("ctt schedule stop --schedule {} --cancel-running --wait", id));
  const auto running = store::live_sessions::running(state.database, id);
  if (std::ranges::any_of(running, [&](const auto& session) { return is_alive(state.home, session); }))
    throw Error(Failure::refused, fmt::format("a trader of {} runs; stop it first", id))
        .fix(fmt::format("ctt trade stop --schedule {}", id));
  const auto traded = store::live_sessions::newest_with_account(state.database, id);
  if (traded && traded->state.position_qty > 0 && traded->state.equity - traded->state.cash >= kSmallestOrder)
    throw Error(Failure::refused,
                fmt::format("the account of {} holds {:.8g} of {}, which nobody would look after", id,
                            traded->state.position_qty, traded->symbol))
        .fix(fmt::format("ctt trade flatten --schedule {} --confirm {}", id, traded->symbol));
}

std::string text_of(const store::ScheduleRows& rows) {
  return fmt::format("{}, {} and {}", plural(rows.cycles, "cycle"), plural(rows.sessions, "session"),
                     plural(rows.fills, "fill"));
}

}  // namespace ctt::schedule
