#include "cmd/cycle/cancel.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/shell/validators.h"
#include "schedule/liveness.h"
#include "schedule/recovery.h"
#include "store/schedules.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void CycleCancel::declare(CLI::App& app) {
  app.add_option("N", number, "the cycle's number")->check(cycle_number())->required();
  app.add_option("--schedule", schedule, "whose; may be left out when there is one")->type_name("NAME");
}

namespace {

int answer(Context& context, const store::Cycle& cycle, bool asked) {
  if (context.json()) {
    context.print_json(document("cycle.cancel")
                           .field("schedule_id", cycle.schedule_id)
                           .field("cycle_number", cycle.number)
                           .field("status", store::name(cycle.status))
                           .field("asked", asked)
                           .field("pid", cycle.pid)
                           .end());
  } else if (asked) {
    context.say(
        fmt::format("Cycle {} of {} (pid {}) was asked to stop: it finishes its iteration, and the "
                    "served model stays.",
                    cycle.number, cycle.schedule_id, cycle.pid));
  } else {
    context.say(fmt::format("Cycle {} of {} has ended already: {}.", cycle.number, cycle.schedule_id,
                            store::name(cycle.status)));
  }
  return 0;
}

}  // namespace

int CycleCancel::run(Context& context) const {
  auto& database = context.readable_database();
  const auto id = store::schedules::get_or_only(database, schedule).id;
  const auto cycle = store::cycles::get(database, id, number);
  if (cycle.status != store::CycleStatus::running) return answer(context, cycle, false);
  const bool alive = schedule::is_alive(context.home, cycle);
  if (alive && context.globals.dry_run)
    return context.would(fmt::format("ask cycle {} of {} (pid {}) to stop", number, id, cycle.pid));
  if (!alive || !schedule::ask_to_stop(context.home, cycle)) {
    throw Error(Failure::refused, fmt::format("the process of cycle {} (pid {}) is gone; the next run closes "
                                              "or finishes the cycle",
                                              number, cycle.pid))
        .fix("ctt cycle run");
  }
  return answer(context, cycle, true);
}

}  // namespace ctt::cmd
