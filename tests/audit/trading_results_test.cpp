#include "audit/trading_results.h"

#include <doctest/doctest.h>

namespace ctt::audit {
namespace {

using namespace std::chrono_literals;

constexpr base::Seconds kFirst{
    std::chrono::hours(24 * 20'000 + 22)};  // 22:00, so that two bars are of the next day

store::LiveDecision decision(int bar, double equity, double price, std::int64_t version) {
  return {.bar_open_time = kFirst + bar * 1h, .model_version = version, .price = price, .equity = equity};
}

store::LiveTrade fill(int bar, store::Side side, double price, std::int64_t version) {
  store::LiveTrade trade;
  trade.timestamp = kFirst + bar * 1h;
  trade.side = side;
  trade.price = price;
  trade.size = 2;
  trade.commission = 1;
  trade.slippage_bp = 10;
  trade.model_version = version;
  return trade;
}

TEST_CASE("results tell trips, days and what each model made of the bars after its decisions") {
  const std::vector decisions{decision(0, 1000, 100, 1), decision(1, 1010, 100, 1), decision(2, 1111, 110, 2),
                              decision(3, 1100, 105, 2)};
  const std::vector trades{fill(0, store::Side::buy, 100, 1), fill(2, store::Side::sell, 110, 2),
                           fill(3, store::Side::buy, 105, 2)};
  const auto results = trading_results(decisions, trades, {{1, kFirst}});
  REQUIRE(results.round_trips.closed.size() == 1);
  const auto& trip = results.round_trips.closed[0];
  CHECK(trip.profit() == doctest::Approx(18));  // 2 x 10, less two commissions
  CHECK(trip.entry_version == 1);
  CHECK(trip.exit_version == 2);
  CHECK(trip.left_at - trip.entered_at == 2h);
  REQUIRE(results.round_trips.open);
  CHECK(results.round_trips.open->entry_price() == 105);
  CHECK(results.win_rate == 1.0);
  REQUIRE(results.days.size() == 2);
  CHECK(results.days[0].return_pct == doctest::Approx(1));  // 1000 to 1010
  CHECK(results.return_pct == doctest::Approx(10));
  CHECK(results.hold_pct == doctest::Approx(5));
  CHECK(results.max_drawdown_pct == doctest::Approx(100 * (1100.0 / 1111 - 1)));
  CHECK(results.commission == 3);
  CHECK(results.slippage == doctest::Approx(0.001 * (200 + 220 + 210)));
  REQUIRE(results.models.size() == 2);
  CHECK(results.models[0].return_pct == doctest::Approx(11.1));  // 1000 to 1111: two of its decisions
  CHECK(results.models[0].in_sample_bars == 1);
  CHECK(results.models[1].fills == 2);
  CHECK(results.in_sample_bars == 1);
}

TEST_CASE("nothing traded is nothing: no rate, no trip, no model") {
  const auto results = trading_results({}, {}, {});
  CHECK_FALSE(results.win_rate);
  CHECK(results.models.empty());
  CHECK(results.return_pct == 0);
}

}  // namespace
}  // namespace ctt::audit
