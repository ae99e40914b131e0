#include "evaluation/gate.h"

#include <cmath>

#include "base/json.h"
#include "rig.h"
#include "store/deployments.h"

using namespace ctt;
using namespace ctt::cycle;
using namespace std::chrono_literals;
using schedule::Gate;

namespace {

// Candidate and parent on 100 clean bars, the candidate better by `edge_pct` a bar for certain.
evaluation::Evaluation compared(double edge_pct) {
  evaluation::Evaluation evaluation;
  evaluation.window_trades = 3;
  evaluation.candidate.emplace();
  evaluation.parent.emplace();
  evaluation.clean.bars = 100;
  evaluation.clean.candidate_trades = 8;
  evaluation.clean.candidate_pct = 100 * edge_pct;
  evaluation.clean.difference =
      evaluation::stationary_bootstrap(std::vector<double>(100, edge_pct / 100), {.seed = 1});
  return evaluation;
}

std::string reason(const evaluation::Evaluation& evaluation) {
  return evaluation::judge(Gate::strict, evaluation).reason;
}

}  // namespace

TEST_CASE("basic asks for finite outputs and at least one trade") {
  CHECK(evaluation::judge(Gate::basic, compared(-5)).passed());
  auto still = compared(1);
  still.window_trades = 0;
  CHECK(evaluation::judge(Gate::basic, still).reason == "it never trades in the window");
  CHECK(evaluation::judge(Gate::none, still).passed());
  auto broken = compared(1);
  broken.finite = false;
  CHECK(evaluation::judge(Gate::basic, broken).reason == "its outputs are not finite on the window");
}

TEST_CASE("strict passes what is not worse than its parent and rejects what is") {
  CHECK(evaluation::judge(Gate::strict, compared(0.1)).passed());
  CHECK(evaluation::judge(Gate::strict, compared(0)).passed());
  const auto worse = evaluation::judge(Gate::strict, compared(-0.01));
  CHECK(worse.outcome == evaluation::Gating::rejected);
  CHECK(
      worse.reason ==
      "worse than its parent on 100 held-back bars (-1.00 % against +0.00 %; not worse in 0 % of resamples, "
      "90 % are needed)");
}

TEST_CASE("too little to go by is undecided, which keeps the parent") {
  auto evaluation = compared(1);
  SUBCASE("few bars") {
    evaluation.clean.bars = 49;
    CHECK(
        reason(evaluation).starts_with("undecided: 49 held-back bars that neither lineage has seen, 50 are"));
  }
  SUBCASE("few trades") {
    evaluation.clean.candidate_trades = 4;
    CHECK(reason(evaluation) == "undecided: it traded 4 times on 100 held-back bars, 5 trades are needed");
  }
  SUBCASE("all bars seen in training") {
    evaluation.clean = {};
    CHECK(reason(evaluation) == "the held-back bars have been seen in training");
  }
  SUBCASE("nothing held back") {
    evaluation.candidate.reset();
    CHECK(reason(evaluation) == "no bars were held back to compare it with its parent");
  }
  SUBCASE("better on average, but not reliably") {
    evaluation.clean.difference = {.mean = 0.001, .low = -0.01, .high = 0.01, .share_not_below_0 = 0.6};
    CHECK(
        reason(evaluation).starts_with("undecided: not clearly as good as its parent on 100 held-back bars"));
  }
  const auto verdict = evaluation::judge(Gate::strict, evaluation);
  CHECK(verdict.outcome == evaluation::Gating::undecided);
  CHECK_FALSE(verdict.passed());
}

namespace {

// Prices that swing by a tenth every 40 hours: whoever follows the newest bar earns.
class Waves : public market::CandleSource {
 public:
  std::vector<market::Candle> closed_candles(const market::TimeRange& range) override {
    std::vector<market::Candle> candles;
    const auto price = [](base::Seconds time) {
      return 100 +
             10 * std::sin(2 * 3.14159265358979 / 40 * static_cast<double>(time.time_since_epoch() / 1h));
    };
    for (auto time = range.first; time <= range.last; time += 1h) {
      const double open = price(time);
      const double close = price(time + 1h);
      candles.push_back({time, open, std::max(open, close), std::min(open, close), close, 1});
    }
    return candles;
  }
};

schedule::Config strictly() {
  auto config = Rig::config();
  config.gate = Gate::strict;
  config.window_candles = 600;
  config.holdout_candles = 200;
  return config;
}

store::Cycle cycle_on_waves(Rig& rig) {
  auto with = rig.context();
  with.open_source = [](const store::Dataset&) { return std::make_unique<Waves>(); };
  return run(with, {.schedule_id = "s", .now = true, .deploy = true, .window_end = {}}).cycles.at(0);
}

double metric(const store::Cycle& cycle, const char* key) {
  return base::JsonValue::parse(cycle.metrics.value_or("{}"), "metrics").as_object().number(key);
}

}  // namespace

TEST_CASE(
    "a candidate that learned noise is rejected, and the parent stays desired and the next one's parent") {
  Rig rig;
  {
    const Behaviour good("trend");
    rig.begin(strictly());
  }
  const auto cycle = cycle_on_waves(rig);  // the fake learner's weights are random
  CHECK(cycle.status == store::CycleStatus::completed);
  CHECK(cycle.decision == store::Decision::rejected);
  CHECK_MESSAGE(cycle.decision_reason.value_or("").starts_with("gate strict: "),
                cycle.decision_reason.value_or(""));
  CHECK(store::deployments::desired(*rig.database, "s")->model_version == 1);
  CHECK(rig.schedule().current_model_version == 1);
  CHECK(metric(cycle, "clean_bars") == 200);
  CHECK(metric(cycle, "clean_pnl_pct") < metric(cycle, "parent_clean_pnl_pct"));
  // Fees only ever cost, and they stand beside the net result.
  CHECK(metric(cycle, "parent_oos_fee_free_pnl_pct") > metric(cycle, "parent_oos_pnl_pct"));
  CHECK(metric(cycle, "fees") >= 0);
  CHECK(metric(cycle, "trades_per_day") >= 0);
}

TEST_CASE("a candidate as good as its parent on bars that neither has seen is deployed") {
  Rig rig;
  const Behaviour good("trend");
  rig.begin(strictly());
  const auto cycle = cycle_on_waves(rig);
  CHECK_MESSAGE(cycle.decision == store::Decision::deployed, cycle.decision_reason.value_or(""));
  CHECK(metric(cycle, "not_worse_share") == 1);
  CHECK(store::deployments::desired(*rig.database, "s")->model_version == 2);
}

TEST_CASE("bars that the parent's lineage has seen do not count, though they were held back this time") {
  Rig rig;
  const Behaviour good("trend");
  rig.begin(strictly());
  REQUIRE(cycle_on_waves(rig).decision == store::Decision::deployed);
  // The next one holds back 200 bars again; a base trained to this very hour would have seen them all.
  auto config = strictly();
  config.holdout_candles = 0;  // v3 learns everything up to now
  {
    store::Transaction change(*rig.database);
    config.gate = Gate::none;
    CHECK(schedule::update(change, "s", config, rig.clock.now()) == schedule::ControlOutcome::done);
    change.commit();
    REQUIRE(cycle_on_waves(rig).model_version == 3);
  }
  store::Transaction change(*rig.database);
  CHECK(schedule::update(change, "s", strictly(), rig.clock.now()) == schedule::ControlOutcome::done);
  change.commit();
  rig.clock.advance(60h);
  const auto cycle = cycle_on_waves(rig);
  CHECK(cycle.parent_model_version == 3);
  CHECK(metric(cycle, "oos_bars") == 200);
  CHECK(metric(cycle, "clean_bars") == 60);
}
