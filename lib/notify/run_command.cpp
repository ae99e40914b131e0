#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include <fmt/format.h>

#include "base/descriptor.h"
#include "base/system_error.h"
#include "notify/delivery.h"

extern char** environ;

namespace ctt::notify {

namespace {

using std::chrono::steady_clock;
constexpr auto kLook = std::chrono::milliseconds(10);

/// What posix_spawn takes, released with this object. posix_spawn shares the memory until the program is
/// executed, where fork would copy the tables of a trader's whole memory while its bar thread waits.
struct SpawnActions {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};

  explicit SpawnActions(int input) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &signals);
  }
  ~SpawnActions() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
};

std::string ended(int status) {
  if (WIFSIGNALED(status)) return fmt::format("was killed by signal {}", WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? "" : fmt::format("ended with exit status {}", WEXITSTATUS(status));
}

std::string wait_for(pid_t pid, std::chrono::milliseconds limit, const Stopping& stopping) {
  const auto until = steady_clock::now() + limit;
  int status = 0;
  while (true) {
    if (::waitpid(pid, &status, WNOHANG) == pid) return ended(status);
    if (steady_clock::now() >= until) break;
    // A process that ends leaves the command to itself: it is no child to wait for then.
    if (stopping()) return "";
    std::this_thread::sleep_for(kLook);
  }
  ::kill(-pid, SIGKILL);
  ::waitpid(pid, &status, 0);
  return fmt::format("was ended after {} ms", limit.count());
}

}  // namespace

std::string run_command(const NotifySettings& settings, const std::string& input, const Stopping& stopping) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::system_error("make a pipe").what();
  base::Descriptor out(ends[0]), in(ends[1]);
  ::fcntl(in.get(), F_SETFL, O_NONBLOCK);  // an alarm fits the pipe; who reads nothing keeps nobody
  const auto line = input + "\n";
  [[maybe_unused]] const auto written = ::write(in.get(), line.data(), line.size());
  in.reset();

  std::vector<char*> words;
  for (const auto& word : settings.command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const SpawnActions actions(out.get());
  pid_t pid = 0;
  const int failed =
      ::posix_spawnp(&pid, words.front(), &actions.files, &actions.attributes, words.data(), environ);
  const auto& name = settings.command.front();
  if (failed != 0) return base::system_error(fmt::format("start notify.command {}", name), failed).what();
  const auto problem = wait_for(pid, settings.time_limit, stopping);
  return problem.empty() ? "" : fmt::format("notify.command {} {}", name, problem);
}

}  // namespace ctt::notify
