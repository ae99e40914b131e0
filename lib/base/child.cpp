#include "base/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include <fmt/format.h>

#include "base/system_error.h"

namespace ctt::base {

namespace {

constexpr std::size_t kLineMaxBytes = 1 << 20;

// Runs in the child between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* argv, int input, int output, int errors,
                         const std::vector<int>& inherited, int report, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // the parent died before the line above
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (input >= 0) dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  if (errors >= 0) dup2(errors, STDERR_FILENO);
  for (const int fd : inherited) fcntl(fd, F_SETFD, 0);
  execvp(argv[0], argv);
  const int reason = errno;
  [[maybe_unused]] const ssize_t told = write(report, &reason, sizeof reason);
  _exit(127);
}

struct Pipe {
  Descriptor out;  // what was written comes out here
  Descriptor in;
};

Pipe make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw system_error("make a pipe");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

}  // namespace

std::string ChildExit::describe() const {
  if (timed_out) return "ended after its deadline";
  if (signal != 0) return fmt::format("killed by signal {}", signal);
  return fmt::format("exit {}", status);
}

Child::Child(const Options& options) {
  std::vector<char*> argv;
  for (const auto& word : options.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);

  auto output = make_pipe();
  auto report = make_pipe();
  auto input = options.takes_input ? make_pipe() : Pipe{};
  const auto error_file = options.stderr_file.empty()
                              ? Descriptor()
                              : Descriptor::open(options.stderr_file, O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int errors = options.errors_with_output ? output.in.get() : error_file.get();
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0)
    become(argv.data(), input.out.get(), output.in.get(), errors, options.inherited_descriptors,
           report.in.get(), parent);
  const int fork_error = errno;
  output.in.reset();
  report.in.reset();
  output_ = std::move(output.out);
  input_ = std::move(input.in);
  int reason = 0;
  const bool failed = pid_ < 0 || read(report.out.get(), &reason, sizeof reason) == sizeof reason;
  if (!failed) return;
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
  throw system_error(fmt::format("start {}", options.argv.front()), pid_ < 0 ? fork_error : reason);
}

Child::~Child() {
  if (!exit_) {
    kill(-pid_, SIGKILL);
    reap(true);
  }
}

std::optional<std::string> Child::read_line(std::chrono::milliseconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  while (true) {
    if (const auto newline = pending_.find('\n'); newline != std::string::npos) {
      std::string line = pending_.substr(0, newline);
      pending_.erase(0, newline + 1);
      return line;
    }
    if (ended_) return std::nullopt;
    if (pending_.size() > kLineMaxBytes) pending_.clear();  // not a line of ours
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd ready{output_.get(), POLLIN, 0};
    const int polled = poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (polled == 0) return std::nullopt;
    if (polled < 0) {
      if (errno == EINTR) return std::nullopt;  // a signal: the caller looks whether to go on
      throw system_error(fmt::format("wait for pid {}", pid_));
    }
    char buffer[4096];
    const ssize_t count = read(output_.get(), buffer, sizeof buffer);
    if (count > 0) {
      pending_.append(buffer, static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      ended_ = true;
      if (!pending_.empty()) pending_ += '\n';
    }
  }
}

void Child::write_line(std::string_view line) {
  const auto bytes = fmt::format("{}\n", line);
  for (std::size_t written = 0; written < bytes.size();) {
    const ssize_t count = write(input_.get(), bytes.data() + written, bytes.size() - written);
    if (count < 0 && errno != EINTR) throw system_error(fmt::format("write to pid {}", pid_));
    if (count > 0) written += static_cast<std::size_t>(count);
  }
}

void Child::ask_to_stop() {
  if (!exit_) kill(-pid_, SIGTERM);
}

void Child::stop(std::chrono::milliseconds grace) {
  if (exit_) return;
  kill(-pid_, SIGTERM);
  if (ends_within(grace)) return;
  kill(-pid_, SIGKILL);
  reap(true);
}

bool Child::ends_within(std::chrono::milliseconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  while (!reap(false)) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

ChildExit Child::wait() {
  reap(true);
  return *exit_;
}

bool Child::reap(bool block) {
  if (exit_) return true;
  int status = 0;
  pid_t got = 0;
  do {
    got = waitpid(pid_, &status, block ? 0 : WNOHANG);
  } while (got < 0 && errno == EINTR);
  if (got == 0) return false;
  exit_ = ChildExit{.status = got > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                    .signal = got > 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0};
  return true;
}

}  // namespace ctt::base
