#include "cycle/deploy.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/json.h"
#include "store/deployments.h"
#include "wire/client.h"

namespace ctt::cycle {

namespace {

void confirm(const store::StateContext& state, const store::Deployment& desired) {
  store::Transaction change(state.database);
  store::deployments::confirm(change, desired.schedule_id, desired.sha256, state.clock.now());
  change.commit();
}

// A trader holds its lock for life, and the lock says who holds it.
std::int64_t trader_pid(const base::Home& home, std::string_view schedule_id) {
  const auto holder = base::FileLock::holder(home.trader_lock(schedule_id));
  return holder ? holder->pid : 0;
}

NudgeReport confirmed(const store::StateContext& state, const store::Deployment& desired,
                      const std::string& body) {
  auto answer = base::JsonValue::parse(body, "the trader's answer").as_object();
  if (const auto served = answer.string("sha256", ""); served != desired.sha256) {
    return {Nudge::refused,
            fmt::format("the trader answered that it serves {}, not {}", served.substr(0, 8),
                        desired.sha256.substr(0, 8)),
            trader_pid(state.home, desired.schedule_id), 0};
  }
  confirm(state, desired);
  return {Nudge::confirmed, "", trader_pid(state.home, desired.schedule_id), answer.number("swap_us", 0)};
}

}  // namespace

NudgeReport nudge(const store::StateContext& state, std::string_view schedule_id,
                  std::chrono::milliseconds wait) {
  const auto desired = store::deployments::desired(state.database, schedule_id);
  if (!desired) return {Nudge::no_trader, "no model is desired", 0, 0};
  const wire::Request request{.op = "reload", .sha256 = desired->sha256, .reason = "", .id = desired->id};
  const auto reply = wire::ask(state.home.trader_socket(schedule_id), request, wait);
  switch (reply.outcome) {
    case wire::CallOutcome::answered:
      return confirmed(state, *desired, reply.body);
    case wire::CallOutcome::refused:
      // A trader that will not have the model has recorded that itself; one that is pinned, or busy, has
      // said nothing against it.
      return {Nudge::refused, reply.message, 0, 0};
    case wire::CallOutcome::nobody_listening:
      return {Nudge::no_trader, "no trader runs; it takes the model when it starts", 0, 0};
    case wire::CallOutcome::timed_out:
      return {Nudge::no_answer, "the trader did not answer in time; it takes the model at its next bar", 0,
              0};
  }
  return {Nudge::no_answer, reply.message, 0, 0};
}

}  // namespace ctt::cycle
