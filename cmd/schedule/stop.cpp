#include "cmd/schedule/stop.h"

#include <thread>

#include "schedule/control.h"
#include "schedule/liveness.h"
#include "schedule/recovery.h"
#include "store/cycles.h"
#include "store/schedules.h"

namespace ctt::cmd {

void ScheduleStop::declare(CLI::App& app) {
  declare_switch(app, *this, true);
  app.add_flag("--cancel-running", cancel_running, "ask a running cycle to finish its iteration and end");
  app.add_flag("--wait", wait, "return when its running cycle has ended");
}

int ScheduleStop::run(Context& context) const {
  const int status = flip(context, *this, "stop", "stopped", [&](auto& change, auto id) {
    return schedule::stop(change, id, reason, context.now());
  });
  if (context.globals.dry_run) return status;
  auto& database = context.database();
  const auto id = store::schedules::get_or_only(database, schedule).id;
  const auto running = [&] {
    const auto cycle = store::cycles::running(database, id);
    return cycle && schedule::is_alive(context.home, *cycle) ? cycle : std::nullopt;
  };
  if (const auto cycle = running(); cycle && cancel_running) schedule::ask_to_stop(context.home, *cycle);
  while (wait && running()) {
    if (const int signal = stop_signal(); signal != 0) return 128 + signal;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return status;
}

}  // namespace ctt::cmd
