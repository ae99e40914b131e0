#include "trader/halt.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/json.h"

namespace ctt::trader {

using base::Error;
using base::Failure;

base::Error trader_refused(const base::Home& home, const std::string& schedule_id, const wire::Reply& reply) {
  if (reply.outcome == wire::CallOutcome::refused)
    return {Failure::refused, fmt::format("the trader of {} refused: {}", schedule_id, reply.message)};
  if (reply.outcome == wire::CallOutcome::timed_out) {
    const auto pid =
        base::FileLock::holder(home.trader_lock(schedule_id)).value_or(base::FileLock::Holder{}).pid;
    return Error(Failure::unreachable,
                 fmt::format(
                     "the trader of {} (pid {}) did not answer in time; it may still do what it was asked",
                     schedule_id, pid))
        .why("one that hangs is to be ended and started again: its books are the broker's")
        .fix(fmt::format("kill -9 {}", pid));
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
  const auto now = state.clock.now();
  store::Transaction change(state.database);
  if (halt) {
    const bool taken_back = store::schedules::withdraw_flatten(change, schedule.id, now);
    done.changed = store::schedules::halt_trader(change, schedule.id, reason, now) || taken_back;
  } else {
    done.changed = store::schedules::release_trader(change, schedule.id, now);
  }
  change.commit();
  if (silent)
    throw trader_refused(state.home, schedule.id, reply)
        .why("the halt is stored: it holds once that trader looks or is started again");
  return done;
}

}  // namespace ctt::trader
