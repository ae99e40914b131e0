#include "schedule/liveness.h"

#include <fstream>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "base/files.h"

namespace ctt::schedule {

namespace {

std::string boot_id() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(in, id);
  return id;
}

// Field 22 of /proc/PID/stat: clock ticks from boot to the process's start; empty when it is gone or
// a zombie. The command's name, in parentheses, may contain spaces.
std::string start_ticks(pid_t pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(in, line);
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return "";
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  std::vector<std::string> from_third;
  while (fields >> field) from_third.push_back(field);
  constexpr std::size_t kStartTime = 19;
  if (from_third.size() <= kStartTime || from_third[0] == "Z" || from_third[0] == "X") return "";
  return from_third[kStartTime];
}

// True while process `pid` holds the lock. `identity`, where the row has one, tells it from a later process
// with its pid, as far as that can be seen.
bool holds(const std::filesystem::path& lock, std::int64_t pid, std::string_view identity = {}) {
  if (pid <= 0 || !base::FileLock::is_held(lock)) return false;
  const auto holder = base::FileLock::holder(lock);
  if (holder && holder->pid != pid) return false;
  const auto seen = process_identity(static_cast<pid_t>(pid));
  return identity.empty() || seen.empty() || seen == identity;
}

}  // namespace

bool is_alive(const base::Home& home, const store::Cycle& cycle) {
  return cycle.status == store::CycleStatus::running && holds(home.training_lock(), cycle.pid, cycle.process);
}

bool is_alive(const base::Home& home, const store::Experiment& experiment) {
  return experiment.status == store::ExperimentStatus::running && holds(home.training_lock(), experiment.pid);
}

bool is_alive(const base::Home& home, const store::LiveSession& session) {
  return session.status == store::SessionStatus::running &&
         holds(home.trader_lock(session.schedule_id), session.pid);
}

std::string process_identity(pid_t pid) {
  const auto ticks = start_ticks(pid);
  return ticks.empty() ? "" : fmt::format("{}/{}", boot_id(), ticks);
}

}  // namespace ctt::schedule
