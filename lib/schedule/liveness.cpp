#include "schedule/liveness.h"

#include "base/files.h"
#include "base/process.h"

namespace ctt::schedule {

namespace {

// True while this process holds the lock, as far as can be seen: a later one with its pid may hold it.
bool holds(const std::filesystem::path& lock, const base::ProcessId& process) {
  if (process.pid <= 0 || !base::FileLock::is_held(lock)) return false;
  const auto holder = base::FileLock::holder(lock);
  return (!holder || holder->pid == process.pid) && !process.is_replaced();
}

}  // namespace

bool is_alive(const base::Home& home, const store::Cycle& cycle) {
  return cycle.status == store::CycleStatus::running &&
         holds(home.training_lock(), base::ProcessId::parse(cycle.pid, cycle.process));
}

bool is_alive(const base::Home& home, const store::Experiment& experiment) {
  return experiment.status == store::ExperimentStatus::running &&
         holds(home.training_lock(), base::ProcessId::parse(experiment.pid, ""));
}

bool is_alive(const base::Home& home, const store::LiveSession& session) {
  return session.status == store::SessionStatus::running &&
         (holds(home.trader_lock(session.schedule_id), base::ProcessId::parse(session.pid, "")) ||
          base::FileLock::is_held(home.session_lock(session.id)));
}

}  // namespace ctt::schedule
