#include "trader/halt.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/json.h"

namespace ctt::trader {

using base::Error;
using base::Failure;

namespace {

// Whether that changed anything.
bool store_halt(const store::StateContext& state, const std::string& schedule_id, bool halt,
                const std::string& reason) {
  const auto now = state.clock.now();
  store::Transaction change(state.database);
  bool changed = false;
  if (halt) {
    const bool taken_back = store::schedules::withdraw_flatten(change, schedule_id, now);
    changed = store::schedules::halt_trader(change, schedule_id, reason, now) || taken_back;
  } else {
    changed = store::schedules::release_trader(change, schedule_id, now);
  }
  change.commit();
  return changed;
}

}  // namespace

base::Error trader_refused(const base::Home& home, const std::string& schedule_id, const wire::Reply& reply) {
  if (reply.outcome == wire::CallOutcome::refused)
    return {Failure::refused, fmt::format("the trader of {} refused: {}", schedule_id, reply.message)};
  if (reply.outcome == wire::CallOutcome::timed_out) {
    // One that has ended meanwhile has left its pid to whoever gets it next.
    const auto holder = base::FileLock::present_holder(home.trader_lock(schedule_id));
    if (!holder)
      return Error(Failure::unreachable,
                   fmt::format("the trader of {} did not answer, and is not there any more", schedule_id))
          .fix("ctt trade status --schedule " + schedule_id);
    return Error(Failure::unreachable,
                 fmt::format(
                     "the trader of {} (pid {}) did not answer in time; it may still do what it was asked",
                     schedule_id, holder->pid))
        .why("one that hangs is to be ended and started again: its books are the broker's")
        .fix(fmt::format("kill -9 {}", holder->pid));
  }
  return Error(Failure::unreachable, fmt::format("no trader of {} is running", schedule_id))
      .fix("ctt trade --schedule " + schedule_id);
}

wire::Request halt_request(bool halt, const std::string& reason) {
  return {.op = halt ? "halt" : "resume", .sha256 = "", .reason = reason, .id = 1};
}

Halted set_halt(const store::StateContext& state, const store::Schedule& schedule, bool halt,
                const std::string& reason, std::chrono::milliseconds timeout) {
  const auto reply = wire::ask(state.home.trader_socket(schedule.id), halt_request(halt, reason), timeout);
  return halted_by(state, schedule, halt, reason, reply);
}

Halted halted_by(const store::StateContext& state, const store::Schedule& schedule, bool halt,
                 const std::string& reason, const wire::Reply& reply) {
  const bool silent = reply.outcome == wire::CallOutcome::timed_out;
  if (reply.outcome == wire::CallOutcome::refused || (silent && !halt))
    throw trader_refused(state.home, schedule.id, reply);
  Halted done;
  done.state = halt ? store::TraderState::halted : store::TraderState::active;
  done.trader_running = reply.ok();
  done.changed = schedule.trader_state != done.state;
  if (done.trader_running) {
    done.stored =
        base::JsonValue::parse(reply.body, "the trader's answer").as_object().boolean("halt_stored", true);
    return done;
  }
  try {
    done.changed = store_halt(state, schedule.id, halt, reason);
  } catch (const Error& error) {
    if (!silent) throw;
    throw trader_refused(state.home, schedule.id, reply)
        .why(fmt::format("the halt is not stored either: {}", error.what()));
  }
  if (silent)
    throw trader_refused(state.home, schedule.id, reply)
        .why("the halt is stored: it holds once that trader looks or is started again");
  return done;
}

}  // namespace ctt::trader
