#include "schedule/recovery.h"

#include <signal.h>

#include <cstring>
#include <fstream>
#include <sstream>

#include "base/error.h"

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

}  // namespace

std::string process_identity(pid_t pid) {
  const auto ticks = start_ticks(pid);
  return ticks.empty() ? "" : fmt::format("{}/{}", boot_id(), ticks);
}

bool is_alive(pid_t pid, std::string_view identity) {
  return pid > 0 && !identity.empty() && process_identity(pid) == identity;
}

bool ask_to_stop(const store::Cycle& cycle) {
  const auto pid = static_cast<pid_t>(cycle.pid);
  if (!is_alive(pid, cycle.process)) return false;
  if (::kill(pid, SIGTERM) == 0) return true;
  if (errno == ESRCH) return false;
  throw base::Error(base::Failure::refused,
                    fmt::format("the process of cycle {} (pid {}) cannot be asked to stop: {}", cycle.number,
                                cycle.pid, std::strerror(errno)));
}

std::vector<store::Cycle> interrupted(store::Database& database) {
  auto cycles = store::cycles::all_running(database);
  std::erase_if(cycles, [](const store::Cycle& cycle) {
    return is_alive(static_cast<pid_t>(cycle.pid), cycle.process);
  });
  return cycles;
}

}  // namespace ctt::schedule
