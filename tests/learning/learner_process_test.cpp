#include <signal.h>

#include <set>

#include "base/child.h"
#include "learning/job_example.h"
#include "policy/checkpoint.h"
#include "training/result.h"

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

// What a learner that stays says at the end of a training.
std::string last_line_of(base::Child& learner, const std::filesystem::path& job) {
  learner.write_line(job.string());
  std::string line;
  while (!line.starts_with(R"({"type":"finished")") && !line.starts_with(R"({"type":"error")")) {
    auto next = learner.read_line(kLong);
    REQUIRE(next.has_value());
    line = *next;
  }
  return line;
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

TEST_CASE("a learner that stays makes the bytes of one that does not, whatever came between") {
  const support::Scratch scratch;
  for (const auto* name : {"alone", "first", "damaged", "third"}) write_job(scratch / name);
  support::write(scratch / "damaged" / JobFiles::candles, "damaged");
  REQUIRE(exit_status({(scratch / "alone").string()}, scratch) == 0);
  base::Child learner({.argv = {CTT_LEARN, "--resident"}, .takes_input = true});
  const auto last_line = [&](const char* name) { return last_line_of(learner, scratch / name); };
  CHECK(last_line("first").find("completed") != std::string::npos);
  CHECK(last_line("damaged").find(R"("exit":8)") != std::string::npos);
  CHECK(support::read(scratch / "damaged" / "learner.log").starts_with("ctt-learn: "));
  CHECK(last_line("third").find("completed") != std::string::npos);
  for (const auto* name : {"first", "third"}) {
    CHECK(base::sha256_of(scratch / name / JobFiles::checkpoint) ==
          base::sha256_of(scratch / "alone" / JobFiles::checkpoint));
  }
}

TEST_CASE("a learner whose log has no room says why on its output, and stays") {
  const support::Scratch scratch;
  for (const auto* name : {"damaged", "next"}) write_job(scratch / name);
  support::write(scratch / "damaged" / JobFiles::candles, "damaged");
  std::filesystem::create_symlink("/dev/full", scratch / "damaged" / "learner.log");
  base::Child learner({.argv = {CTT_LEARN, "--resident"}, .takes_input = true});
  CHECK(last_line_of(learner, scratch / "damaged").starts_with(R"({"type":"error")"));
  CHECK(last_line_of(learner, scratch / "next").find("completed") != std::string::npos);
}

TEST_CASE("one seed gives one checkpoint, whatever the number of threads, every time") {
  std::set<std::string> checkpoints, optimizers;
  for (int run = 0; run < 10; ++run) {
    const support::Scratch scratch;
    auto job = write_job(scratch / "job");
    job.compute.threads = 1 + run % 2;
    job.write(scratch / "job");
    REQUIRE(exit_status({(scratch / "job").string()}, scratch) == 0);
    checkpoints.insert(base::sha256_of(scratch / "job" / JobFiles::checkpoint));
    optimizers.insert(base::sha256_of(scratch / "job" / JobFiles::optimizer));
  }
  CHECK(checkpoints.size() == 1);
  CHECK(optimizers.size() == 1);
}

TEST_CASE("a training has the threads it was given, as far as it has work for them, and no others") {
  for (const int threads : {1, 2, 5}) {
    const support::Scratch scratch;
    auto job = write_job(scratch / "job", "", 100'000);
    job.compute.threads = threads;
    job.write(scratch / "job");
    auto child = start({(scratch / "job").string()}, scratch);
    REQUIRE(child.read_line(kLong));
    REQUIRE(child.read_line(kLong));  // the first iteration
    const auto tasks = std::filesystem::path("/proc") / std::to_string(child.pid()) / "task";
    int running = 0;
    for ([[maybe_unused]] const auto& task : std::filesystem::directory_iterator(tasks)) ++running;
    ::kill(child.pid(), SIGTERM);
    while (!child.output_ended()) child.read_line(kLong);
    child.wait();
    CHECK(running == std::min(threads, 2));  // its network is cut into two parts
  }
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
  CHECK(result.outcome == training::LearnerOutcome::cancelled);
  CHECK(result.iterations >= 1);
  policy::load(scratch / "job" / JobFiles::checkpoint, result.checkpoint_sha256);
}
