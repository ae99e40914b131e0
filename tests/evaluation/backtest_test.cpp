#include "evaluation/backtest.h"

#include "base/error.h"

using namespace ctt;
using namespace ctt::evaluation;
using namespace std::chrono_literals;

namespace {

// A policy of one linear layer without inputs that matter: its biases make it always choose `action`.
policy::Policy always(int action) {
  policy::Checkpoint checkpoint;
  auto& contract = checkpoint.contract;
  contract.features = features::FeatureSet::parse(R"([{"type":"returns","periods":[1],"normalize":"none"}])");
  contract.window_size = 1;
  contract.network = {
      .inputs = 1, .actions = 3, .hidden = {1}, .activation = policy::Activation::tanh, .shared = false};
  contract.symbol = "BTC/USD";
  contract.action_scheme = "BSH";
  contract.commission_fraction = 0.01;
  contract.fill = "close";
  for (const auto& parameter : contract.network.parameters()) {
    const bool logits = parameter.name == "policy.logits.bias";
    for (std::size_t i = 0; i < parameter.size(); ++i)
      checkpoint.weights.push_back(logits && static_cast<int>(i) == action ? 1.0F : 0.0F);
  }
  return {checkpoint, "none"};
}

// Closes 100, 110, 121, ...: up a tenth each hour.
std::shared_ptr<const environment::MarketData> rising(std::size_t bars) {
  std::vector<market::Candle> candles;
  double price = 100;
  for (std::size_t i = 0; i < bars; ++i, price *= 1.1)
    candles.push_back({base::Seconds(1h * static_cast<int>(i)), price, price, price, price, 1});
  return environment::MarketData::make(
      features::FeatureSet::parse(R"([{"type":"returns","periods":[1],"normalize":"none"}])"), candles, 1, 1);
}

}  // namespace

TEST_CASE("a policy that always buys earns what the bars earn, less one commission") {
  // Bars 0 .. 4; the first decision falls on bar 1, all in at 110; three bars of 10 % follow.
  const auto report = backtest(always(1), rising(5));
  CHECK(report.bars == 3);
  CHECK(report.trades == 1);
  CHECK(report.net_worth == doctest::Approx(10000 * 0.99 * 1.331));
  CHECK(report.fees == doctest::Approx(100));
  CHECK(report.hold_pct == doctest::Approx(report.pnl_pct));
  CHECK(report.max_drawdown_pct == doctest::Approx(0));  // the fee is paid within the first rise
  CHECK(report.buys == 3);
}

TEST_CASE("a policy that never trades keeps its cash, and fees can be left out") {
  CHECK(backtest(always(0), rising(5)).net_worth == 10000);
  CHECK(backtest(always(1), rising(5), {.commission_multiplier = 0}).net_worth == doctest::Approx(13310));
}

TEST_CASE("only bars from the first one asked for count") {
  const auto report = backtest(always(1), rising(6), {.first = base::Seconds(4h)});
  CHECK(report.first == base::Seconds(4h));
  CHECK(report.bars == 2);
  CHECK(report.equity.size() == 3);
  CHECK_THROWS_AS(backtest(always(1), rising(6), {.first = base::Seconds(9h)}), base::Error);
}
