#include "schedule/recovery.h"

#include <signal.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"
#include "base/process.h"
#include "schedule/liveness.h"

namespace ctt::schedule {

bool ask_to_stop(const base::Home& home, const store::Cycle& cycle) {
  // The handle first: what is alive after that is the process that it stands for.
  const base::ProcessHandle process(cycle.pid);
  if (!process || !is_alive(home, cycle)) return false;
  const int failed = process.send(SIGTERM);
  if (failed == 0) return true;
  if (failed == ESRCH) return false;
  throw base::Error(base::Failure::refused,
                    fmt::format("the process of cycle {} (pid {}) cannot be asked to stop: {}", cycle.number,
                                cycle.pid, std::strerror(failed)));
}

std::vector<store::Cycle> interrupted(const store::StateContext& state) {
  auto cycles = store::cycles::all_running(state.database);
  std::erase_if(cycles, [&](const store::Cycle& cycle) { return is_alive(state.home, cycle); });
  return cycles;
}

}  // namespace ctt::schedule
