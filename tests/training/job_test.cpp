#include "training/job.h"

#include "base/error.h"
#include "support/scratch.h"
#include "training/result.h"

using namespace ctt;
using namespace ctt::training;

namespace {

Job example_job() {
  Job job;
  job.pack = Pack::parse(R"({"window_size": 4, "account_columns": true, "action_scheme": "TrailingStopBSH"})",
                         "pack");
  job.features = features::FeatureSet::parse(R"([{"type":"rsi"},{"type":"returns","periods":[1,2]}])");
  job.symbol = "BTC/USD";
  job.timeframe = market::Timeframe::parse("4h");
  job.seed = 9007199254740993;
  job.iterations = 20;
  job.learning_rate = 1e-5;
  job.fine_tune = true;
  job.held_back = 24;
  job.lineage.parent_sha256 = "abc";
  job.lineage.cycle = 17;
  return job;
}

}  // namespace

TEST_CASE("a job comes back from its folder") {
  const support::Scratch scratch;
  const auto written = example_job();
  written.write(scratch.path());
  const auto read = Job::read(scratch.path());
  CHECK(read.pack.json() == written.pack.json());
  CHECK(read.features == written.features);
  CHECK(read.symbol == "BTC/USD");
  CHECK(read.timeframe.name() == "4h");
  CHECK(read.seed == 9007199254740993);
  CHECK(read.iterations == 20);
  CHECK(read.learning_rate == 1e-5);
  CHECK(read.fine_tune);
  CHECK(read.compute == Compute{});
  CHECK(read.held_back == 24);
  CHECK(read.lineage == written.lineage);
  CHECK(!read.contract().difference(written.contract()));
}

// rsi, ret_1h and ret_2h over 4 rows, and 3 columns about the account.
TEST_CASE("the contract of a job is what its pack, features and market say") {
  const auto contract = example_job().contract();
  CHECK(contract.network.inputs == 15);
  CHECK(contract.network.actions == 3);
  CHECK(contract.window_size == 4);
  CHECK(contract.action_scheme == "TrailingStopBSH");
  CHECK(contract.action_parameters.at("stop_pct") == 0.05);
  CHECK(contract.fill == "next_open");
}

TEST_CASE("a damaged job is refused by file and key") {
  const support::Scratch scratch;
  example_job().write(scratch.path());
  const auto text = support::read(scratch / "job.json");
  const auto refused = [&](const std::string& from, const std::string& to, const char* sentence) {
    auto changed = text;
    const auto at = changed.find(from);
    REQUIRE(at != std::string::npos);
    changed.replace(at, from.size(), to);
    support::write(scratch / "job.json", changed);
    CHECK_THROWS_WITH_AS(Job::read(scratch.path()), doctest::Contains(sentence), base::Error);
  };
  refused("ctt.job/1", "ctt.job/9", "ctt.job/9");
  refused(R"("seed")", R"("sead")", "seed");
  refused(R"("iterations":20)", R"("iterations":0)", "\"iterations\" must be a whole number from 1");
  refused(R"("learning_rate":0.00001)", R"("learning_rate":-1)", "\"learning_rate\" must be above 0");
  refused(R"("threads":1)", R"("threads":0)", "threads");
  refused(R"("engine":"fast")", R"("engine":"quick")", "engine");
  refused(R"("device":"cpu")", R"("device":"cuda")", "--engine autograd");
  refused(R"("fine_tune":true)", R"("fine_tune":"yes")", "true or false");
  refused(R"("lambda_")", R"("lamda_")", "lamda_");
  refused("{", "", "is not JSON");
}

TEST_CASE("a folder without a job is not found") {
  const support::Scratch scratch;
  try {
    Job::read(scratch.path());
    FAIL("read");
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::not_found);
  }
}

TEST_CASE("metrics come back from their line, unknown numbers as NaN") {
  IterationMetrics metrics;
  metrics.iteration = 3;
  metrics.total_iterations = 20;
  metrics.kl = 0.01;
  metrics.buy_sell_imbalance_mean = -0.25;
  metrics.episode_return_mean = NAN;
  const auto line = metrics.json();
  CHECK(line.starts_with(R"({"type":"iteration","iteration":3,)"));
  const auto read = IterationMetrics::parse(line);
  CHECK(read.iteration == 3);
  CHECK(read.kl == 0.01);
  CHECK(read.buy_sell_imbalance_mean == -0.25);
  CHECK(std::isnan(read.episode_return_mean));
  CHECK_THROWS_AS(IterationMetrics::parse(R"({"type":"started"})"), base::Error);
  CHECK_THROWS_AS(IterationMetrics::parse(R"({"type":"iteration","iteration":1,"total_iterations":2})"),
                  base::Error);
}

TEST_CASE("a result comes back from its folder") {
  const support::Scratch scratch;
  Result result;
  result.outcome = LearnerOutcome::diverged;
  result.reason = "the loss was no longer finite";
  result.iterations = 7;
  result.last.iteration = 7;
  result.learning_rate = 2e-5;
  result.kl_coeff = 0.3;
  result.optimizer_restored = true;
  result.train_s = 1.5;
  result.write(scratch.path());
  const auto read = Result::read(scratch.path());
  CHECK(read.outcome == LearnerOutcome::diverged);
  CHECK(read.reason == result.reason);
  CHECK(read.iterations == 7);
  CHECK(read.last.iteration == 7);
  CHECK(read.learning_rate == 2e-5);
  CHECK(read.kl_coeff == 0.3);
  CHECK(read.optimizer_restored);
  CHECK_FALSE(read.kl_coeff_restored);
  CHECK(read.checkpoint_sha256.empty());
}
