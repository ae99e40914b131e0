#include "cycle/launcher.h"

#include <future>
#include <thread>

#include "base/error.h"
#include "base/sha256.h"
#include "cycle/resident_launcher.h"
#include "fake_slurm.h"
#include "market/snapshot.h"
#include "rig.h"

using namespace ctt;
using namespace ctt::cycle;
using namespace std::chrono_literals;
using Outcome = LaunchResult::Outcome;

namespace {

// A job folder that the fake learner understands.
std::filesystem::path job_folder(Rig& rig) {
  const auto folder = rig.scratch / "job";
  base::make_directory(folder);
  training::Job job;
  job.pack = training::Pack::parse(R"({"model":{"fcnet_hiddens":[4]},"window_size":2})", "pack");
  job.features = features::FeatureSet::parse(R"([{"type":"returns","periods":[1]}])");
  job.symbol = "BTC/USD";
  job.iterations = 3;
  job.learning_rate = 1e-3;
  job.write(folder);
  market::Window window;
  window.series = {"BTC/USD", {}, {}};
  for (int i = 0; i < 20; ++i) window.series.candles.push_back({base::Seconds(1h * i), 1, 1, 1, 1, 1});
  base::write_file_atomically(folder / training::JobFiles::candles, market::encode_snapshot(window));
  return folder;
}

// One suite for all that run learners: each case runs with each of them.
struct AsChild {
  explicit AsChild(Rig&) {}
  std::shared_ptr<Launcher> launcher = local_launcher();
};

struct AsSlurmJob {
  explicit AsSlurmJob(Rig& rig)
      : slurm(rig.scratch / "slurm"),
        launcher(std::make_shared<SlurmLauncher>(rig.home, FakeSlurm::options())) {}
  FakeSlurm slurm;
  std::shared_ptr<Launcher> launcher;
};

struct AsResident {
  explicit AsResident(Rig& rig)
      : launcher(std::make_shared<ResidentLauncher>(
            std::vector{rig.context().launch.command.front(), std::string("--resident")})) {}
  std::shared_ptr<Launcher> launcher;
};

template <class Backend>
LaunchOptions options_of(Rig& rig, const Backend& backend) {
  auto options = rig.context().launch;
  options.launcher = backend.launcher;
  if (std::is_same_v<Backend, AsResident>) options.command.clear();
  return options;
}

LaunchResult launch_with(Rig& rig, const TrainingLock& lock, const char* behaviour,
                         const LaunchOptions& options) {
  const Behaviour set(behaviour);
  return launch(job_folder(rig), lock.file(), options);
}

LaunchResult launch_with(Rig& rig, const char* behaviour, const LaunchOptions& options) {
  const auto lock = TrainingLock::try_acquire(rig.home, "test");
  REQUIRE(lock.has_value());
  return launch_with(rig, *lock, behaviour, options);
}

}  // namespace

TEST_CASE_TEMPLATE("a training that completes gives its result, and each iteration was heard", Backend,
                   AsChild, AsResident, AsSlurmJob) {
  Rig rig;
  const Backend backend(rig);
  auto options = options_of(rig, backend);
  std::vector<std::size_t> heard;
  options.on_iteration = [&](const training::IterationMetrics& metrics) {
    heard.push_back(metrics.iteration);
  };
  const auto launched = launch_with(rig, "noise", options);
  CHECK(launched.outcome == Outcome::completed);
  REQUIRE(launched.result.has_value());
  CHECK(base::is_sha256(launched.result->checkpoint_sha256));
  CHECK(heard == std::vector<std::size_t>{1, 2, 3});
}

TEST_CASE_TEMPLATE("how a training ended is told: diverged, dead, without a result", Backend, AsChild,
                   AsResident, AsSlurmJob) {
  Rig rig;
  const Backend backend(rig);
  const auto options = options_of(rig, backend);
  SUBCASE("diverged") {
    const auto launched = launch_with(rig, "diverge", options);
    CHECK(launched.outcome == Outcome::diverged);
    CHECK(launched.message == "the training diverged in iteration 1: loss is not a finite number");
  }
  SUBCASE("killed, with its last words") {
    const auto launched = launch_with(rig, "die", options);
    CHECK(launched.outcome == Outcome::died);
    CHECK(launched.message.starts_with("the learner ended without a result ("));
    CHECK(launched.message.ends_with("killed by signal 9): cannot allocate memory"));
  }
  SUBCASE("exit 0 and nothing written") {
    CHECK(launch_with(rig, "no-result", options).outcome == Outcome::died);
  }
  SUBCASE("without room for its log") {
    const auto launched = launch_with(rig, "no-room", options);
    CHECK(launched.outcome == Outcome::died);
    CHECK(launched.message.ends_with("exit 1): cannot write checkpoint: No space left on device"));
  }
  SUBCASE("LibTorch is not installed") {
    const auto message = launch_with(rig, "no-libtorch", options).message;
    CHECK(message.find("exit 127): ") != std::string::npos);
    CHECK(message.ends_with("libtorch_cpu.so: cannot open; apt install libtorch1.13"));
  }
}

TEST_CASE("a learner that is not there is named") {
  Rig rig;
  auto options = rig.context().launch;
  options.command = {(rig.scratch / "ctt-learn").string()};
  const auto message = "the learner " + options.command.front() + " is not installed";
  CHECK_THROWS_WITH_AS(launch_with(rig, "noise", options), message.c_str(), base::Error);
}

TEST_CASE_TEMPLATE("a training beyond its deadline is asked to stop, then killed", Backend, AsChild,
                   AsResident, AsSlurmJob) {
  Rig rig;
  const Backend backend(rig);
  auto options = options_of(rig, backend);
  options.deadline = 1s;
  options.grace = 50ms;
  const auto launched = launch_with(rig, "stubborn", options);
  CHECK(launched.outcome == Outcome::timed_out);
  CHECK(launched.message == "the training was stopped at its deadline of 1 s");
}

TEST_CASE_TEMPLATE(
    "a learner that closed its output and hangs is held to its deadline, and stops for the operator", Backend,
    AsChild, AsResident, AsSlurmJob) {
  Rig rig;
  const Backend backend(rig);
  auto options = options_of(rig, backend);
  options.grace = 50ms;
  SUBCASE("deadline") {
    options.deadline = 1s;
    CHECK(launch_with(rig, "mute", options).outcome == Outcome::timed_out);
  }
  SUBCASE("operator") {
    options.deadline = 60s;
    int looks = 0;
    options.stop_count = [&] { return ++looks > 3 ? 2 : 0; };
    CHECK(launch_with(rig, "mute", options).outcome == Outcome::cancelled);
  }
}

TEST_CASE_TEMPLATE("an operator who asks twice stops the training at once", Backend, AsChild, AsResident,
                   AsSlurmJob) {
  Rig rig;
  const Backend backend(rig);
  auto options = options_of(rig, backend);
  int looks = 0;
  options.stop_count = [&] { return ++looks > 3 ? 2 : 1; };
  CHECK(launch_with(rig, "stubborn", options).outcome == Outcome::cancelled);
}

TEST_CASE("a learner that stays does one training after the other, and one that ended is replaced") {
  Rig rig;
  const AsResident backend(rig);
  const auto options = options_of(rig, backend);
  const auto lock = TrainingLock::try_acquire(rig.home, "test");
  const auto train = [&](const char* behaviour) {
    std::filesystem::remove_all(rig.scratch / "job");
    return launch_with(rig, *lock, behaviour, options);
  };
  CHECK(train("no-result").outcome == Outcome::died);
  const auto first = train("ok");
  CHECK(first.outcome == Outcome::completed);
  const auto second = train("diverge");  // the process of before, so not what is asked for now
  CHECK(second.outcome == Outcome::completed);
  CHECK(second.result->checkpoint_sha256 == first.result->checkpoint_sha256);
}

TEST_CASE("a learner that stays is not ended by the end of a thread that had another trained") {
  Rig rig;
  const AsResident backend(rig);
  auto options = options_of(rig, backend);
  const auto lock = TrainingLock::try_acquire(rig.home, "test");
  std::promise<void> trained, may_end;
  std::jthread other([&] {
    launch_with(rig, *lock, "slow", options);
    trained.set_value();
    may_end.get_future().wait();
  });
  trained.get_future().wait();
  std::filesystem::remove_all(rig.scratch / "job");
  auto watching = options;
  watching.on_iteration = [&](const training::IterationMetrics& metrics) {
    if (metrics.iteration != 1) return;
    may_end.set_value();
    other.join();
  };
  CHECK(launch_with(rig, *lock, "slow", watching).outcome == Outcome::completed);
}

TEST_CASE("the training lock has one holder, and tells who") {
  Rig rig;
  const auto lock = TrainingLock::try_acquire(rig.home, "ctt train");
  REQUIRE(lock.has_value());
  CHECK_FALSE(TrainingLock::try_acquire(rig.home, "ctt cycle run").has_value());
  CHECK(TrainingLock::holder(rig.home).find("ctt train, since 20") != std::string::npos);
}

TEST_CASE("a precision that this processor lacks is refused before any work, unless another machine trains") {
  LaunchOptions options;
  training::Compute compute;
  compute.precision = training::Precision::bfloat16;
  try {
    training::require_processor(compute.precision);
    MESSAGE("skipped: this processor has bfloat16");
    return;
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::usage);
    CHECK(error.fixes() == std::vector<std::string>{"ctt config set learner.precision float32"});
  }
  CHECK_THROWS_WITH_AS(local_launcher()->require(options, compute),
                       doctest::Contains("neither AVX512_BF16 nor AMX"), base::Error);
  options.command = {"/bin/true"};  // starts the learner elsewhere
  CHECK_NOTHROW(local_launcher()->require(options, compute));
}
