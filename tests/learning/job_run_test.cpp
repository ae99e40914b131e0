#include "learning/job_run.h"

#include "base/error.h"
#include "base/json.h"
#include "base/version.h"
#include "learning/engines.h"
#include "learning/initial_weights.h"
#include "learning/job_example.h"
#include "learning/optimizer_file.h"
#include "policy/checkpoint.h"
#include "training/result.h"

using namespace ctt;
using namespace ctt::learning;
using training::JobFiles;
using training::LearnerOutcome;

namespace {

void refused(const std::filesystem::path& folder, base::Failure failure, const char* sentence) {
  try {
    run_job(folder, {});
    FAIL("accepted");
  } catch (const base::Error& error) {
    CHECK(error.failure() == failure);
    CHECK_MESSAGE(std::string(error.what()).find(sentence) != std::string::npos, error.what());
  }
  CHECK_FALSE(std::filesystem::exists(folder / JobFiles::checkpoint));
  CHECK_FALSE(std::filesystem::exists(folder / JobFiles::result));
}

}  // namespace

TEST_CASE("a job leaves a checkpoint that loads, its optimiser and a result, and tells how it goes") {
  const support::Scratch scratch;
  const auto job = write_job(scratch.path());
  std::vector<std::string> lines;
  const auto result = run_job(scratch.path(), {[&](const std::string& line) { lines.push_back(line); }});
  CHECK(result.outcome == LearnerOutcome::completed);
  CHECK(result.iterations == 2);
  CHECK(result.learning_rate == 1e-3);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].starts_with(R"({"type":"started","total_iterations":2)"));
  CHECK(training::IterationMetrics::parse(lines[2]).iteration == 2);
  CHECK(lines[3].starts_with(R"({"type":"finished","outcome":"completed")"));
  const auto checkpoint = policy::load(scratch / JobFiles::checkpoint, result.checkpoint_sha256);
  CHECK(!checkpoint.contract.difference(job.contract()));
  CHECK(checkpoint.probes.size() == 8);
  CHECK(checkpoint.lineage.learning_rate == 1e-3);
  CHECK(checkpoint.lineage.seed == 3);
  CHECK(checkpoint.lineage.data_seen_until == checkpoint.lineage.window_last);
  const auto read = training::Result::read(scratch.path());
  CHECK(read.checkpoint_sha256 == result.checkpoint_sha256);
  CHECK(read.last.iteration == 2);
}

TEST_CASE("the same job twice writes the same bytes, another seed writes others") {
  const support::Scratch scratch;
  for (const auto* name : {"a", "b", "c"}) {
    auto job = write_job(scratch / name);
    if (*name == 'c') {
      job.seed = 4;
      job.write(scratch / name);
    }
    run_job(scratch / name, {});
  }
  for (const auto* file : {JobFiles::checkpoint, JobFiles::optimizer}) {
    const auto a = support::read(scratch / "a" / file);
    CHECK(a == support::read(scratch / "b" / file));
    CHECK(a != support::read(scratch / "c" / file));
  }
}

// Base 1e-3, multiplier .2: every generation learns at 2e-4, though each restores an optimiser that
// remembers another rate.
TEST_CASE("the fine-tuning rate is the job's, read back, and does not compound over generations") {
  const support::Scratch scratch;
  write_job(scratch / "base");
  run_job(scratch / "base", {});
  std::string parent = "base";
  std::uint64_t steps = 0;
  for (const std::string child : {"one", "two", "three"}) {
    const auto job = write_fine_tuning(scratch / child, scratch / parent, 2e-4);
    const auto result = run_job(scratch / child, {});
    CHECK(result.learning_rate == 2e-4);
    CHECK(result.last.lr == 2e-4);
    CHECK(result.optimizer_restored);
    CHECK(result.kl_coeff_restored);
    const auto optimizer = decode_optimizer(support::read(scratch / child / JobFiles::optimizer), child,
                                            job.contract().network, result.checkpoint_sha256);
    CHECK(optimizer.adam.learning_rate == 2e-4);
    CHECK(optimizer.adam.step > steps);  // the moments went on
    steps = optimizer.adam.step;
    CHECK(policy::load(scratch / child / JobFiles::checkpoint).lineage.parent_sha256 ==
          job.lineage.parent_sha256);
    parent = child;
  }
  CHECK(steps == 4 * 2 * 2 * 4);  // generations, iterations, passes, minibatches
}

TEST_CASE("a parent of other costs is trained on from, and the lineage records what it was trained for") {
  const support::Scratch scratch;
  write_job(scratch / "base");
  run_job(scratch / "base", {});
  auto job = write_fine_tuning(scratch / "child", scratch / "base", 2e-4);
  const auto before = job.pack.environment.costs;
  job.pack.environment.costs = {0.0025, 0.00045};
  job.write(scratch / "child");
  REQUIRE(run_job(scratch / "child", {}).outcome == LearnerOutcome::completed);
  const auto child = policy::load(scratch / "child" / JobFiles::checkpoint);
  CHECK(child.contract.costs == market::Costs{0.0025, 0.00045});
  CHECK(child.lineage.parent_costs == before);
  CHECK_FALSE(policy::load(scratch / "base" / JobFiles::checkpoint).lineage.parent_costs);
}

TEST_CASE("bars that are held back do not show in the policy and count as unseen") {
  const support::Scratch scratch;
  std::vector<std::vector<float>> weights;
  for (const bool other : {false, true}) {
    const auto folder = scratch / (other ? "other" : "one");
    auto job = write_job(folder);
    auto window = random_walk(300, job.features.warm_up_rows());
    if (other) window.series.candles.back().close *= 1.0005;
    const auto candles = market::encode_snapshot(window);
    support::write(folder / JobFiles::candles, candles);
    job.lineage.snapshot_sha256 = base::sha256(candles);
    job.held_back = 1;
    job.write(folder);
    run_job(folder, {});
    const auto checkpoint = policy::load(folder / JobFiles::checkpoint);
    const auto& bars = window.series.candles;
    CHECK(checkpoint.lineage.data_seen_until == base::to_rfc3339(bars[bars.size() - 2].open_time));
    weights.push_back(checkpoint.weights);
  }
  CHECK(weights[0] == weights[1]);
}

TEST_CASE("a pack may begin the optimiser and kl_coeff anew") {
  const support::Scratch scratch;
  write_job(scratch / "base");
  run_job(scratch / "base", {});
  write_fine_tuning(scratch / "child", scratch / "base", 2e-4,
                    R"(, "restore_optimizer": false, "restore_kl_coeff": false)");
  const auto result = run_job(scratch / "child", {});
  CHECK_FALSE(result.optimizer_restored);
  CHECK_FALSE(result.kl_coeff_restored);
}

TEST_CASE("shrinking and perturbing takes a share of each weight and the rest of a new one") {
  CHECK(shrink_perturbed({1, -2, 0}, std::vector<float>{3, 2, 1}, 0.75) ==
        std::vector<float>{1.5F, -1, 0.25F});
  CHECK(shrink_perturbed({0.1F, -0.3F}, std::vector<float>{7, 9}, 1) == std::vector<float>{0.1F, -0.3F});
}

// A share of 0 leaves nothing of the parent: with a new optimiser and kl_coeff it is a training from nothing.
// A share of 1 leaves everything.
TEST_CASE("between the two ends of shrinking lie a training from nothing and plain fine-tuning") {
  const support::Scratch scratch;
  for (const auto engine : {training::Engine::fast, training::Engine::autograd}) {
    const auto folder = scratch / training::name(engine);
    write_job(folder / "parent", R"(, "lr": 0.002)");
    run_job(folder / "parent", {});
    const auto weights = [&](const char* name, bool fine_tune, const std::string& restore) {
      const auto pack = R"(, "restore_optimizer": false, "restore_kl_coeff": false)" + restore;
      auto job = fine_tune ? write_fine_tuning(folder / name, folder / "parent", 1e-3, pack)
                           : write_job(folder / name, pack);
      job.seed = 9;
      job.compute.engine = engine;
      job.write(folder / name);
      run_job(folder / name, {}, either_engine);
      return policy::load(folder / name / JobFiles::checkpoint).weights;
    };
    const auto shrunk_to = [](const char* share) {
      return fmt::format(R"(, "restore": "shrink_perturb", "restore_shrink": {})", share);
    };
    const auto plain = weights("plain", true, "");
    const auto anew = weights("anew", false, "");
    CHECK(weights("all", true, shrunk_to("1")) == plain);
    CHECK(weights("none", true, shrunk_to("0")) == anew);
    const auto part = weights("part", true, shrunk_to("0.8"));
    CHECK(part != plain);
    CHECK(part != anew);
  }
}

TEST_CASE("a run that diverges writes no checkpoint, says why and leaves its parent as it was") {
  const support::Scratch scratch;
  write_job(scratch / "base");
  run_job(scratch / "base", {});
  write_fine_tuning(scratch / "child", scratch / "base", 1e6);
  const auto before = support::read(scratch / "child" / JobFiles::parent);
  const auto result = run_job(scratch / "child", {});
  CHECK(result.outcome == LearnerOutcome::diverged);
  CHECK(result.reason.starts_with("the training diverged in iteration"));
  CHECK(result.checkpoint_sha256.empty());
  CHECK(training::Result::read(scratch / "child").outcome == LearnerOutcome::diverged);
  CHECK_FALSE(std::filesystem::exists(scratch / "child" / JobFiles::checkpoint));
  CHECK_FALSE(std::filesystem::exists(scratch / "child" / JobFiles::optimizer));
  CHECK(support::read(scratch / "child" / JobFiles::parent) == before);
}

TEST_CASE("a price that never moves teaches nothing and breaks nothing") {
  const support::Scratch scratch;
  auto job = write_job(scratch / "job");
  auto window = random_walk(300, job.features.warm_up_rows());
  for (auto& candle : window.series.candles) candle.open = candle.high = candle.low = candle.close = 100;
  const auto candles = market::encode_snapshot(window);
  support::write(scratch / "job" / JobFiles::candles, candles);
  job.lineage.snapshot_sha256 = base::sha256(candles);
  job.write(scratch / "job");
  const auto result = run_job(scratch / "job", {});
  CHECK(result.outcome == LearnerOutcome::completed);
  CHECK(result.last.pnl_mean <= 0);  // nothing to win, fees to lose
  policy::load(scratch / "job" / JobFiles::checkpoint, result.checkpoint_sha256);
}

TEST_CASE("the engine of a job is the one that trains it, and cuda is refused where there is none") {
  const support::Scratch scratch;
  auto job = write_job(scratch / "job");
  const auto fast = run_job(scratch / "job", {}).checkpoint_sha256;
  job.compute.engine = training::Engine::autograd;
  job.write(scratch / "job");
  CHECK(run_job(scratch / "job", {}, either_engine).checkpoint_sha256 != fast);
  job.compute.device = training::Device::cuda;
  job.write(scratch / "job");
  try {
    run_job(scratch / "job", {}, autograd_engine);
    MESSAGE("this machine has a CUDA device");
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::refused);
    CHECK(std::string(error.what()).find("--device cpu") != std::string::npos);
  }
}

TEST_CASE("a learner refuses a job for the engine of the other one, and names that") {
  const support::Scratch scratch;
  auto job = write_job(scratch / "job");
  CHECK_THROWS_WITH_AS(run_job(scratch / "job", {}, autograd_engine),
                       "this learner has the engine autograd alone, and the job is for fast; use ctt-learn",
                       base::Error);
  job.compute.engine = training::Engine::autograd;
  job.write(scratch / "job");
  CHECK_THROWS_WITH_AS(
      run_job(scratch / "job", {}),
      "this learner has the engine fast alone, and the job is for autograd; use ctt-learn-torch",
      base::Error);
}

TEST_CASE("a run that is asked to stop saves what it has") {
  const support::Scratch scratch;
  write_job(scratch.path());
  const auto result = run_job(scratch.path(), {[](const std::string&) {}, [] { return true; }});
  CHECK(result.outcome == LearnerOutcome::cancelled);
  CHECK(result.iterations == 1);
  CHECK(result.reason == "stopped after iteration 1 of 2");
  policy::load(scratch / JobFiles::checkpoint, result.checkpoint_sha256);
}

TEST_CASE("outputs of an earlier run do not survive a job that is refused") {
  const support::Scratch scratch;
  auto job = write_job(scratch.path());
  run_job(scratch.path(), {});
  job.symbol = "ETH/USD";
  job.write(scratch.path());
  refused(scratch.path(), base::Failure::usage, "the job is for ETH/USD");
}

TEST_CASE("a job that another version of ctt wrote is refused before anything is done") {
  const support::Scratch scratch;
  auto job = write_job(scratch.path());
  job.lineage.ctt_version = base::version();
  job.write(scratch.path());
  CHECK_NOTHROW(run_job(scratch.path(), {}));
  job.lineage.ctt_version = "0.0.9";
  job.write(scratch.path());
  refused(scratch.path(), base::Failure::refused, "the job was written by ctt 0.0.9");
}

TEST_CASE("inputs that are not what the job was written for are refused") {
  const support::Scratch scratch;
  write_job(scratch / "base");
  run_job(scratch / "base", {});
  const auto folder = scratch / "child";
  auto job = write_fine_tuning(folder, scratch / "base", 1e-4);
  SUBCASE("no job") {
    std::filesystem::remove(folder / JobFiles::job);
    refused(folder, base::Failure::not_found, "job.json");
  }
  SUBCASE("no candles") {
    std::filesystem::remove(folder / JobFiles::candles);
    refused(folder, base::Failure::not_found, "candles.csv");
  }
  SUBCASE("other candles") {
    support::write(folder / JobFiles::candles, market::encode_snapshot(random_walk(200, 60)));
    refused(folder, base::Failure::integrity, "the job was written for");
  }
  SUBCASE("too few candles") {
    const auto candles = market::encode_snapshot(random_walk(3, job.features.warm_up_rows()));
    support::write(folder / JobFiles::candles, candles);
    job.lineage.snapshot_sha256 = base::sha256(candles);
    job.write(folder);
    refused(folder, base::Failure::data_blocked, "");
  }
  SUBCASE("nothing left to look at") {
    job.held_back = 300;
    job.write(folder);
    refused(folder, base::Failure::usage, "holds back 300 bars");
  }
  SUBCASE("no parent") {
    std::filesystem::remove(folder / JobFiles::parent);
    refused(folder, base::Failure::not_found, "parent.safetensors");
  }
  SUBCASE("a parent without a name") {
    job.lineage.parent_sha256.clear();
    job.write(folder);
    refused(folder, base::Failure::usage, "parent_sha256");
  }
  SUBCASE("a damaged parent") {
    auto bytes = support::read(folder / JobFiles::parent);
    bytes[bytes.size() / 2] ^= 1;
    support::write(folder / JobFiles::parent, bytes);
    refused(folder, base::Failure::integrity, "is not the file that was published");
  }
  SUBCASE("a parent of another contract") {
    job.pack.environment.fill = environment::Fill::close;
    job.write(folder);
    refused(folder, base::Failure::refused, "its fill is next_open, not close");
  }
  SUBCASE("an optimiser of another policy") {
    auto bytes = support::read(folder / JobFiles::parent_optimizer);
    const auto at = bytes.find(job.lineage.parent_sha256);
    REQUIRE(at != std::string::npos);
    bytes[at] = bytes[at] == '0' ? '1' : '0';
    support::write(folder / JobFiles::parent_optimizer, bytes);
    refused(folder, base::Failure::integrity, "was written with the policy");
  }
}
