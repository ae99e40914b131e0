#include "evaluation/backtest.h"

#include "base/error.h"
#include "evaluation/made_policy.h"

using namespace ctt;
using namespace ctt::evaluation;
using namespace std::chrono_literals;

TEST_CASE("a policy that always buys earns what the bars earn, less one commission") {
  // Bars 0 .. 4; the first decision falls on bar 1, all in at 110; three bars of 10 % follow.
  const auto report = backtest(*policy_of(always(1)), rising(5));
  CHECK(report.bars == 3);
  CHECK(report.trades == 1);
  CHECK(report.net_worth == doctest::Approx(10000 * 0.99 * 1.331));
  CHECK(report.fees == doctest::Approx(100));
  CHECK(report.hold_pct == doctest::Approx(report.pnl_pct));
  CHECK(report.max_drawdown_pct == doctest::Approx(0));  // the fee is paid within the first rise
  CHECK(report.buys == 3);
}

TEST_CASE("a policy that never trades keeps its cash, and fees can be left out") {
  CHECK(backtest(*policy_of(always(0)), rising(5)).net_worth == 10000);
  CHECK(backtest(*policy_of(always(1)), rising(5), {.cost_multiple = 0}).net_worth == doctest::Approx(13310));
}

// Bought at 110 x 1.01; the fee of 100 comes off first, then the spread takes 1/101 of the rest.
TEST_CASE("other costs than the contract's can be asked for, and the half spread is paid as well") {
  const auto report = backtest(*policy_of(always(1)), rising(5), {.costs = market::Costs{0.01, 0.01}});
  CHECK(report.net_worth == doctest::Approx(10000 * 0.99 / 1.01 * 1.331));
  CHECK(report.fees == doctest::Approx(100));
  CHECK(report.spread_paid == doctest::Approx(9900 / 101.0));
  CHECK(report.hold_pct == doctest::Approx(report.pnl_pct));
  CHECK(report.costs == market::Costs{0.01, 0.01});
  CHECK(backtest(*policy_of(always(1)), rising(5), {.cost_multiple = 2, .costs = market::Costs{0.005, 0.005}})
            .net_worth == doctest::Approx(report.net_worth));
}

TEST_CASE("only bars from the first one asked for count") {
  const auto report = backtest(*policy_of(always(1)), rising(6), {.first = base::Seconds(4h)});
  CHECK(report.first == base::Seconds(4h));
  CHECK(report.bars == 2);
  CHECK(report.equity.size() == 3);
  CHECK_THROWS_AS(backtest(*policy_of(always(1)), rising(6), {.first = base::Seconds(9h)}), base::Error);
}
