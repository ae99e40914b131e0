#include <doctest/doctest.h>

#include "replay/metrics.h"

namespace ctt::replay {

namespace {

ReplayFill fill(market::Side side, double price, double quantity, double cash) {
  ReplayFill made;
  made.trade = {.side = side, .price = price, .quantity = quantity, .cash = cash, .commission = 1};
  made.decision_close = price - 1;
  return made;
}

}  // namespace

TEST_CASE("a round trip runs from cash to cash, however many fills it has") {
  const auto trips =
      round_trips({fill(market::Side::buy, 100, 1, 100), fill(market::Side::buy, 100, 1, 100),
                   fill(market::Side::sell, 110, 1.5, 165), fill(market::Side::sell, 110, 0.5, 55),
                   fill(market::Side::buy, 100, 1, 100)});
  REQUIRE(trips.size() == 1);
  CHECK(trips[0].return_fraction == doctest::Approx(0.1));
}

TEST_CASE("what trading cost is put back into the cost-free return") {
  LineageRun lineage;
  lineage.account = {.times = {{}, {}, {}},
                     .equity = {100, 99, 108.9},
                     .position_value = {0, 99, 0},
                     .traded = {0, 100, 0},
                     .costs = {0, 1, 0}};
  lineage.fills = {fill(market::Side::buy, 100, 1, 100)};
  const auto metrics = metrics_of(lineage, market::Timeframe::parse("1h"));
  CHECK(metrics.net_return_pct == doctest::Approx(8.9));
  CHECK(metrics.cost_free_return_pct == doctest::Approx(10));
  CHECK(metrics.fees == 1);
  CHECK(metrics.slippage == doctest::Approx(1));
  CHECK_FALSE(metrics.hit_rate_pct);
}

TEST_CASE("the range over seeds has the median of each number and leaves out what is not defined") {
  ArmMetrics a, b, c;
  a.net_return_pct = 3;
  b.net_return_pct = 1;
  c.net_return_pct = 2;
  a.sharpe = 1;
  const auto range = range_of({a, b, c});
  CHECK(range.median.net_return_pct == 2);
  CHECK(range.lowest.net_return_pct == 1);
  CHECK(range.highest.net_return_pct == 3);
  CHECK(*range.median.sharpe == 1);
  CHECK_FALSE(range.median.sortino);
}

}  // namespace ctt::replay
