#include "base/process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/temporary.h"

using ctt::base::ProcessHandle;
using ctt::base::ProcessId;
using ctt::base::temporary_beside;
using ctt::base::writer_of;
using Life = ctt::base::ProcessId::Life;

namespace {

constexpr std::int64_t kNobody = 4'194'304;  // above what the kernel gives

/// A child that waits until it is killed.
class Sleeper {
 public:
  Sleeper() {
    // The test program has a handler of its own, which a signal must not meet in the child.
    sigset_t term, before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &term, &before);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::signal(SIGTERM, SIG_DFL);
      ::sigprocmask(SIG_SETMASK, &before, nullptr);
      for (;;) ::pause();
    }
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
  }
  ~Sleeper() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  pid_t pid() const { return pid_; }
  /// Ends it and leaves it to be reaped.
  void kill() const {
    ::kill(pid_, SIGKILL);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  }

 private:
  pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("a process is known by its pid, the boot and its start, and read back from its text") {
  const auto self = ProcessId::current();
  CHECK(self.pid == ::getpid());
  CHECK_FALSE(self.boot.empty());
  CHECK(self.start_ticks > 0);
  CHECK(self.text() == self.boot + "/" + std::to_string(self.start_ticks));
  const auto read = ProcessId::parse(self.pid, self.text());
  CHECK(read.text() == self.text());
  CHECK(read.life() == Life::alive);
}

TEST_CASE("a text that is none tells nothing beyond the pid") {
  for (const char* text : {"", "boot", "boot/", "boot/x", "boot/12x", "/"}) {
    CAPTURE(text);
    CHECK(ProcessId::parse(7, text).text().empty());
  }
  CHECK(ProcessId::parse(7, "boot/12").text() == "boot/12");
}

TEST_CASE("a process that has ended is dead, before its parent has heard of it too") {
  pid_t pid = 0;
  {
    const Sleeper sleeper;
    pid = sleeper.pid();
    const auto process = ProcessId::find(pid);
    REQUIRE(process);
    CHECK(process->life() == Life::alive);
    sleeper.kill();
    CHECK_FALSE(ProcessId::find(pid));
    CHECK(process->life() == Life::dead);
  }
  CHECK_FALSE(ProcessId::find(pid));
  CHECK(ProcessId::parse(pid, "").life() == Life::dead);
}

TEST_CASE("a pid that another process has by now belongs to a dead one") {
  auto earlier = ProcessId::current();
  SUBCASE("that started earlier in this boot") { earlier.start_ticks -= 1; }
  SUBCASE("of an earlier boot, at the same time after it") { earlier.boot = "another-boot"; }
  CHECK(earlier.is_replaced());
  CHECK(earlier.life() == Life::dead);
  CHECK_FALSE(ProcessId::current().is_replaced());
}

TEST_CASE("of a pid alone nobody can tell whose it is, and no process has the pids 0 and below") {
  CHECK(ProcessId::parse(::getpid(), "").life() == Life::unknown);
  CHECK_FALSE(ProcessId::parse(::getpid(), "").is_replaced());
  CHECK(ProcessId::parse(kNobody, "boot/1").life() == Life::dead);
  CHECK_FALSE(ProcessId::parse(kNobody, "boot/1").is_replaced());  // nobody is seen under it
  CHECK(ProcessId::parse(0, "").life() == Life::dead);
  CHECK(ProcessId::parse(-1, "").life() == Life::dead);
}

TEST_CASE("a handle reaches the process that it was made of, and tells when that is gone") {
  const Sleeper sleeper;
  const ProcessHandle handle(sleeper.pid());
  REQUIRE(handle);
  CHECK(handle.send(SIGTERM) == 0);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(sleeper.pid()), &info, WEXITED);
  CHECK(info.si_status == SIGTERM);
  CHECK(handle.send(SIGTERM) == ESRCH);
  CHECK_FALSE(ProcessHandle(kNobody));
  CHECK_FALSE(ProcessHandle(0));
}

TEST_CASE("a file in the making stands beside its place and names its writer") {
  const auto place = temporary_beside("/models/abc.safetensors");
  CHECK(place.parent_path() == "/models");
  CHECK(place.filename().string().ends_with("-abc.safetensors"));
  const auto writer = writer_of(place.filename().string());
  REQUIRE(writer);
  CHECK(writer->pid == ::getpid());
  CHECK(writer->life() == Life::alive);
  CHECK(temporary_beside("abc").parent_path().empty());
}

TEST_CASE("the writer of a file is gone when another process has its pid") {
  const auto self = ProcessId::current();
  const auto named = [&](std::uint64_t ticks) {
    return *writer_of(".tmp-" + std::to_string(self.pid) + "." + std::to_string(ticks) + "-abc");
  };
  CHECK(named(self.start_ticks).life() == Life::alive);
  CHECK(named(self.start_ticks - 1).life() == Life::dead);
  // As earlier versions wrote it, where the pid is all there is.
  CHECK(writer_of(".tmp-" + std::to_string(self.pid) + "-abc")->life() == Life::unknown);
  CHECK(writer_of(".tmp-4194304-1.2-abc")->pid == kNobody);
}

TEST_CASE("a name of another form tells no writer") {
  for (const char* name :
       {"", "abc", ".tmp-", ".tmp-x-abc", ".tmp-12", ".tmp-12.3", ".tmp-0-abc", "a.tmp-1-x", ".tmp--1-abc"}) {
    CAPTURE(name);
    CHECK_FALSE(writer_of(name));
  }
}
