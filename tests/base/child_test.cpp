#include "base/child.h"

#include <signal.h>

#include "base/error.h"
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
