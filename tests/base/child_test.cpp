#include "base/child.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

#include "base/error.h"
#include "base/process.h"
#include "support/scratch.h"

using namespace ctt::base;
using namespace std::chrono_literals;

namespace {

Child::Options shell(const std::string& script) {
  return {.argv = {"sh", "-c", script}, .stderr_file = {}, .inherited_descriptors = {}};
}

}  // namespace

TEST_CASE("a child's output comes line by line, the last one too when it lacks its newline") {
  Child child(shell("echo one; printf two"));
  CHECK(child.read_line(5s) == "one");
  CHECK(child.read_line(5s) == "two");
  CHECK_FALSE(child.read_line(5s).has_value());
  CHECK(child.output_ended());
  CHECK(child.wait().ok());
}

TEST_CASE("how a child ended is told: its status, or the signal") {
  CHECK(Child(shell("exit 3")).wait().describe() == "exit 3");
  CHECK(Child(shell("kill -9 $$")).wait().describe() == "killed by signal 9");
}

TEST_CASE("a child that does not listen is killed after the grace") {
  Child child(shell("trap '' TERM; echo up; while :; do sleep 0.01; done"));
  REQUIRE(child.read_line(5s) == "up");
  child.stop(50ms);
  CHECK(child.wait().signal == SIGKILL);
}

TEST_CASE("a program that is not there is an error, not a dead child") {
  CHECK_THROWS_WITH_AS(
      Child({.argv = {"/nowhere/ctt-learn"}, .stderr_file = {}, .inherited_descriptors = {}}),
      "cannot start /nowhere/ctt-learn: No such file or directory", Error);
}

TEST_CASE("its standard error goes to the file named") {
  const ctt::support::Scratch scratch;
  auto options = shell("echo trouble >&2");
  options.stderr_file = scratch / "log";
  Child(options).wait();
  CHECK(ctt::support::read(scratch / "log") == "trouble\n");
}

TEST_CASE("a wait for a line ends when its time is over, and the child goes on") {
  Child child(shell("read _ < /dev/null; sleep 0.2; echo late"));
  CHECK_FALSE(child.read_line(1ms).has_value());
  CHECK_FALSE(child.output_ended());
  CHECK(child.read_line(5s) == "late");
}

TEST_CASE("a line of more than a mebibyte is dropped, the next one is read") {
  Child child(shell("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo next"));
  std::optional<std::string> line;
  while ((line = child.read_line(5s)) && *line != "next") CHECK(line->size() < 3'000'000);
  CHECK(line == "next");
}

TEST_CASE("whether a child ends in time is told, and asking does not end it") {
  Child child(shell("echo up; read _ <&3; exit 7"));
  CHECK_FALSE(Child(shell("sleep 10")).ends_within(10ms));
  CHECK(child.ends_within(5s));  // descriptor 3 is not its own: nothing that we hold was inherited
  CHECK(child.wait().status != 0);
}

TEST_CASE("a child gets the descriptors that are named, and no other") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const auto opens = [&](std::vector<int> inherited) {
    auto options = shell("test -e /proc/self/fd/" + std::to_string(ends[1]));
    options.inherited_descriptors = std::move(inherited);
    return Child(options).wait().ok();
  };
  CHECK(opens({ends[1]}));
  CHECK_FALSE(opens({}));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("a child that is asked to stop may finish first") {
  Child child(shell("trap 'echo saved; exit 0' TERM; echo up; while :; do sleep 0.01; done"));
  REQUIRE(child.read_line(5s) == "up");
  child.ask_to_stop();
  CHECK(child.read_line(5s) == "saved");
  CHECK(child.wait().ok());
  child.ask_to_stop();  // it has ended: nothing is sent to whoever has its pid by now
  child.stop(1ms);
}

TEST_CASE("a child that is given up takes its own children with it") {
  pid_t grandchild = 0;
  {
    Child child(shell("sleep 100 & echo $!; wait"));
    grandchild = static_cast<pid_t>(std::stol(child.read_line(5s).value()));
    CHECK(::kill(grandchild, 0) == 0);
  }
  // Its new parent has yet to reap it.
  for (int i = 0; i < 500 && ProcessId::find(grandchild); ++i) std::this_thread::sleep_for(10ms);
  CHECK_FALSE(ProcessId::find(grandchild));
}

TEST_CASE("a child begins with no signal held, whatever its parent holds") {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  Child child(shell("echo up; sleep 100"));
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  REQUIRE(child.read_line(5s) == "up");
  child.ask_to_stop();
  CHECK(child.wait().signal == SIGTERM);
}

TEST_CASE("an end after the deadline is told as one") {
  CHECK(ChildExit{.signal = SIGKILL, .timed_out = true}.describe() == "ended after its deadline");
}
