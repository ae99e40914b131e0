#include "base/process.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <sstream>
#include <vector>

#include <fmt/format.h>

namespace ctt::base {

namespace {

std::string boot_id() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(in, id);
  return id;
}

std::uint64_t number_of(std::string_view digits) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return read.ec == std::errc{} && read.ptr == digits.data() + digits.size() ? number : 0;
}

/// What /proc/PID/stat shows of a process.
struct Seen {
  bool ended = false;  // a zombie: only its parent has yet to hear of it
  std::uint64_t start_ticks = 0;
};

std::optional<Seen> look(std::int64_t pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(in, line);
  const auto name_end = line.rfind(')');  // the command's name, in parentheses, may contain anything
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  std::vector<std::string> from_third;
  while (fields >> field) from_third.push_back(field);
  constexpr std::size_t kStartTime = 19;  // field 22
  if (from_third.size() <= kStartTime) return std::nullopt;
  const bool ended = from_third[0] == "Z" || from_third[0] == "X";
  return Seen{ended, number_of(from_third[kStartTime])};
}

bool same_start(const ProcessId& a, const ProcessId& b) {
  return a.start_ticks == b.start_ticks && (a.boot.empty() || b.boot.empty() || a.boot == b.boot);
}

}  // namespace

ProcessId ProcessId::current() {
  const auto pid = static_cast<std::int64_t>(::getpid());
  return find(pid).value_or(ProcessId{.pid = pid, .boot = {}});
}

std::optional<ProcessId> ProcessId::find(std::int64_t pid) {
  const auto seen = look(pid);
  if (!seen || seen->ended) return std::nullopt;
  return ProcessId{.pid = pid, .boot = boot_id(), .start_ticks = seen->start_ticks};
}

ProcessId ProcessId::parse(std::int64_t pid, std::string_view text) {
  ProcessId process{.pid = pid, .boot = {}};
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return process;
  process.start_ticks = number_of(text.substr(slash + 1));
  if (process.start_ticks > 0) process.boot = text.substr(0, slash);
  return process;
}

std::string ProcessId::text() const {
  return start_ticks == 0 ? "" : fmt::format("{}/{}", boot, start_ticks);
}

bool ProcessId::is_replaced() const {
  const auto present = start_ticks == 0 ? std::nullopt : find(pid);
  return present && !same_start(*present, *this);
}

ProcessId::Life ProcessId::life() const {
  if (pid <= 0) return Life::dead;
  if (const auto seen = look(pid)) {
    if (seen->ended) return Life::dead;
    if (start_ticks == 0) return Life::unknown;
    return is_replaced() ? Life::dead : Life::alive;
  }
  if (::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH) return Life::dead;
  if (start_ticks > 0 && !boot.empty() && boot != boot_id()) return Life::dead;
  return Life::unknown;
}

ProcessHandle::ProcessHandle(std::int64_t pid)
    : pid_(pid),
      descriptor_(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0))),
      there_(descriptor_ || (errno != ESRCH && errno != EINVAL)) {}

int ProcessHandle::send(int signal) const {
  const long sent = descriptor_ ? ::syscall(SYS_pidfd_send_signal, descriptor_.get(), signal, nullptr, 0)
                                : ::kill(static_cast<pid_t>(pid_), signal);
  return sent == 0 ? 0 : errno;
}

}  // namespace ctt::base
