#include "schedule/recovery.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"
#include "schedule/liveness.h"

namespace ctt::schedule {

namespace {

/// A process that stays the one it was when this was made, whatever becomes of its pid.
class ProcessHandle {
 public:
  explicit ProcessHandle(std::int64_t pid)
      : descriptor_(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0))) {}
  ~ProcessHandle() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  ProcessHandle(const ProcessHandle&) = delete;
  ProcessHandle& operator=(const ProcessHandle&) = delete;

  explicit operator bool() const { return descriptor_ >= 0; }
  /// 0, or what stands in the way.
  int send(int signal) const {
    return ::syscall(SYS_pidfd_send_signal, descriptor_, signal, nullptr, 0) == 0 ? 0 : errno;
  }

 private:
  int descriptor_;
};

}  // namespace

bool ask_to_stop(const base::Home& home, const store::Cycle& cycle) {
  // The handle first: what is alive after that is the process that it stands for.
  const ProcessHandle process(cycle.pid);
  if (!process || !is_alive(home, cycle)) return false;
  const int failed = process.send(SIGTERM);
  if (failed == 0) return true;
  if (failed == ESRCH) return false;
  throw base::Error(base::Failure::refused,
                    fmt::format("the process of cycle {} (pid {}) cannot be asked to stop: {}", cycle.number,
                                cycle.pid, std::strerror(failed)));
}

std::vector<store::Cycle> interrupted(store::Database& database, const base::Home& home) {
  auto cycles = store::cycles::all_running(database);
  std::erase_if(cycles, [&](const store::Cycle& cycle) { return is_alive(home, cycle); });
  return cycles;
}

}  // namespace ctt::schedule
