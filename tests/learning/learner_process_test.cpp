#include <signal.h>

#include "base/child.h"
#include "learning/job_example.h"
#include "policy/checkpoint.h"

// What only the process can show: exit statuses, signals, the first line.

using namespace ctt;
using namespace ctt::learning;
using training::JobFiles;

namespace {

base::Child start(const std::vector<std::string>& arguments, const support::Scratch& scratch) {
  std::vector<std::string> argv{CTT_LEARN};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return base::Child({.argv = argv, .stderr_file = scratch / "stderr", .inherited_descriptors = {}});
}

constexpr std::chrono::seconds kLong{60};

int exit_status(const std::vector<std::string>& arguments, const support::Scratch& scratch) {
  auto child = start(arguments, scratch);
  while (!child.output_ended()) child.read_line(kLong);
  return child.wait().status;
}

}  // namespace

TEST_CASE("ctt-learn says how it ended by its exit status and its last words") {
  const support::Scratch scratch;
  write_job(scratch / "job");
  CHECK(exit_status({}, scratch) == 2);
  CHECK(exit_status({"--nonsense"}, scratch) == 2);
  CHECK(exit_status({(scratch / "none").string()}, scratch) == 3);
  CHECK(support::read(scratch / "stderr").find("\nctt-learn: cannot read ") != std::string::npos);
  CHECK(exit_status({(scratch / "job").string()}, scratch) == 0);
  support::write(scratch / "job" / JobFiles::candles, "damaged");
  CHECK(exit_status({(scratch / "job").string()}, scratch) == 8);
}

TEST_CASE("ctt-learn stopped by SIGTERM finishes its iteration, saves it and exits 143") {
  const support::Scratch scratch;
  write_job(scratch / "job", "", 100'000);
  auto child = start({(scratch / "job").string()}, scratch);
  const auto first = child.read_line(kLong);
  REQUIRE(first);
  CHECK(first->starts_with(R"({"type":"started")"));
  REQUIRE(child.read_line(kLong));  // the first iteration
  ::kill(child.pid(), SIGTERM);
  while (!child.output_ended()) child.read_line(kLong);
  CHECK(child.wait().status == 143);
  const auto result = training::Result::read(scratch / "job");
  CHECK(result.outcome == training::Outcome::cancelled);
  CHECK(result.iterations >= 1);
  policy::load(scratch / "job" / JobFiles::checkpoint, result.checkpoint_sha256);
}
