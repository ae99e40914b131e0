#include "serve/command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "base/process.h"
#include "base/system_error.h"

namespace ctt::serve {

using base::Error;
using base::Failure;

namespace {

constexpr std::size_t kErrorsMax = 64 * 1024;
constexpr int kLookEveryMs = 250;  // whether to stop waiting

/// How the child begins: signals as a shell would give them, no descriptor of ours.
struct Beginning {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;

  explicit Beginning(int errors) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Beginning() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  Beginning(const Beginning&) = delete;
  Beginning& operator=(const Beginning&) = delete;
};

// The last line is the error as JSON, what stands before it is log.
std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  if (end == std::string::npos) return "";
  const auto begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1,
                     end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

}  // namespace

Command::Command(const std::vector<std::string>& argv) {
  errors_ = base::Descriptor(memfd_create("ctt-errors", MFD_CLOEXEC));
  if (!errors_) throw base::system_error("make a file in memory");
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const Beginning beginning(errors_.get());
  const int failed =
      posix_spawnp(&pid_, words[0], &beginning.files, &beginning.attributes, words.data(), environ);
  if (failed != 0) throw base::system_error(fmt::format("start {}", argv.front()), failed);
}

Command::Command(Command&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), errors_(std::move(other.errors_)) {}

std::string Command::errors() const {
  std::string text(kErrorsMax, '\0');
  const auto size = lseek(errors_.get(), 0, SEEK_END);
  const auto from = std::max<off_t>(0, size - static_cast<off_t>(kErrorsMax));
  const auto count = pread(errors_.get(), text.data(), text.size(), from);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

std::optional<Command::End> Command::wait(const std::stop_token& stop) const {
  const base::ProcessHandle process(pid_);
  if (!process) throw base::system_error(fmt::format("wait for pid {}", pid_));
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) != pid_ && !stop.stop_requested()) {
    pollfd ended{process.descriptor(), POLLIN, 0};
    poll(&ended, 1, kLookEveryMs);
  }
  if (stop.stop_requested()) return std::nullopt;
  End end;
  end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (end.status == 0) return end;
  end.code = base::code(Failure::internal);
  end.message = fmt::format("the command ended with status {}", end.status);
  try {
    auto error = base::JsonValue::parse(last_line(errors()), "standard error").as_object();
    end.message = error.string("message");
    end.code = error.string("code");
  } catch (const Error&) {
    // It could not say why, a signal for instance.
  }
  return end;
}

}  // namespace ctt::serve
