#include "trader/risk.h"

#include <limits>

namespace ctt::trader {
namespace {

using namespace std::chrono_literals;

const base::Seconds kMidnight{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)};

// Peak 200; 30 % below it is 140.
TEST_CASE("the drawdown limit halts at the bar that reaches it, once") {
  Risk risk({.max_position = 0, .max_drawdown_fraction = 0.3, .max_daily_loss_fraction = 0});
  CHECK_FALSE(risk.watch(100, kMidnight));
  CHECK_FALSE(risk.watch(200, kMidnight + 1h));
  CHECK_FALSE(risk.watch(141, kMidnight + 2h));
  CHECK_FALSE(risk.halted());
  CHECK(risk.watch(140, kMidnight + 3h));
  CHECK(risk.halted());
  CHECK(risk.reason() == "equity 140.00 is 30.00 % below its peak 200.00; the limit is 30.00 %");
  CHECK(is_loss(risk.reason()));
  CHECK_FALSE(risk.watch(100, kMidnight + 4h));
  CHECK(risk.drawdown_fraction_max() == doctest::Approx(0.5));
}

TEST_CASE("after a resume the peak begins anew") {
  Risk risk({.max_position = 0, .max_drawdown_fraction = 0.3, .max_daily_loss_fraction = 0});
  risk.watch(200, kMidnight);
  REQUIRE(risk.watch(100, kMidnight + 1h));
  risk.resume();
  CHECK_FALSE(risk.watch(100, kMidnight + 2h));
  CHECK_FALSE(risk.halted());
  CHECK(risk.watch(70, kMidnight + 3h));
}

TEST_CASE("the daily loss counts from the day's first bar") {
  Risk risk({.max_position = 0, .max_drawdown_fraction = 0, .max_daily_loss_fraction = 0.1});
  CHECK_FALSE(risk.watch(100, kMidnight));
  CHECK_FALSE(risk.watch(91, kMidnight + 23h));
  CHECK_FALSE(risk.watch(85, kMidnight + 24h));  // a new day begins at 85
  CHECK_FALSE(risk.watch(77, kMidnight + 25h));
  CHECK(is_loss(risk.watch(76.5, kMidnight + 26h)->reason));
}

TEST_CASE("an equity that is no number halts even without limits") {
  Risk risk({.max_position = 0, .max_drawdown_fraction = 0, .max_daily_loss_fraction = 0});
  CHECK(risk.watch(std::numeric_limits<double>::quiet_NaN(), kMidnight));
  CHECK(risk.halted());
  CHECK(is_loss(risk.reason()));
  CHECK_FALSE(is_loss("halted by the operator"));
}

TEST_CASE("a flatten has its own reason, whatever the state was before") {
  Risk risk({});
  risk.halt("flattened by the operator: 0 BTC/USD left");
  risk.ask_flatten("flattened by the operator");
  CHECK(risk.flatten_reason() == "flattened by the operator");
}

TEST_CASE("a session goes on with the peak of the one before") {
  Risk risk({.max_position = 0, .max_drawdown_fraction = 0.3, .max_daily_loss_fraction = 0});
  risk.restore(200, "{}", {});
  CHECK(risk.watch(100, kMidnight));
}

// A session that ended before its first bar has a peak, and nothing that says of when it is.
TEST_CASE("a peak without a date does not come back after a resume") {
  Risk risk({.max_position = 0, .max_drawdown_fraction = 0.3, .max_daily_loss_fraction = 0});
  for (const auto* memory : {"{}", R"({"at":"noon"})"}) {
    risk.restore(200, memory, kMidnight);
    CHECK_FALSE(risk.watch(100, kMidnight + 1h));
    CHECK(risk.peak() == 100);
  }
}

// 10 coins at 50 are worth 500; a limit of 800 leaves 300.
TEST_CASE("a purchase is cut to what the position limit leaves, a sale never") {
  const Risk risk({.max_position = 800, .max_drawdown_fraction = 0, .max_daily_loss_fraction = 0});
  environment::Account account(1500, {});
  account.execute({.side = environment::Side::buy, .cash = 500}, 50);
  CHECK(risk.limit({.side = environment::Side::buy, .cash = 1000}, 50, account).cash == doctest::Approx(300));
  CHECK(risk.limit({.side = environment::Side::buy, .cash = 200}, 50, account).cash == doctest::Approx(200));
  CHECK(risk.limit({.side = environment::Side::buy, .cash = 200}, 80, account).side ==
        environment::Side::none);
  CHECK(risk.limit({.side = environment::Side::sell, .quantity = 10}, 80, account).quantity ==
        doctest::Approx(10));
}

TEST_CASE("orders refused in a row reduce, twice as many halt, and one that is not starts over") {
  RiskLimits limits;
  limits.max_rejects = 2;
  Risk risk(limits);
  CHECK_FALSE(risk.order_ended(true));
  CHECK_FALSE(risk.order_ended(false));
  CHECK_FALSE(risk.order_ended(true));
  const auto step = risk.order_ended(true);
  REQUIRE(step);
  CHECK(step->state == TraderState::reducing);
  CHECK(step->reason == "2 orders were refused in a row");
  CHECK_FALSE(risk.order_ended(true));
  CHECK(risk.order_ended(true)->state == TraderState::halted);
}

TEST_CASE("the ladder leads up by itself and down by an operator's word alone") {
  Risk risk({});
  risk.reduce("the position differs");
  CHECK(risk.state() == TraderState::reducing);
  risk.halt("drawdown");
  risk.reduce("again");
  CHECK(risk.state() == TraderState::halted);
  CHECK(risk.reason() == "drawdown");
  risk.resume();
  CHECK(risk.state() == TraderState::active);
  CHECK(risk.reason().empty());
}

TEST_CASE("reducing lets sales pass and no purchase; what is no number passes never") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Risk risk({});
  const environment::Account account(1000, {});
  const environment::Order buy{.side = environment::Side::buy, .cash = 100};
  const environment::Order sell{.side = environment::Side::sell, .quantity = 1};
  auto nothing = buy;
  nothing.cash = kNan;
  CHECK(risk.limit(buy, 50, account).side == environment::Side::buy);
  CHECK(risk.limit(nothing, 50, account).side == environment::Side::none);
  CHECK(risk.limit({.side = environment::Side::sell, .quantity = kNan}, 50, account).side ==
        environment::Side::none);
  risk.reduce("the position differs");
  CHECK(risk.limit(buy, 50, account).side == environment::Side::none);
  CHECK(risk.limit(sell, 50, account).side == environment::Side::sell);
}

// A limit of 8 hours: told from 4 h, no entries from 8 h, sold from 16 h.
TEST_CASE("the staleness of a model rises from a warning over no entries to a sale") {
  RiskLimits limits;
  limits.max_model_age = 8h;
  const Risk risk(limits);
  CHECK(risk.model_staleness(3h + 59min) == ModelStaleness::fresh);
  CHECK(risk.model_staleness(4h) == ModelStaleness::ageing);
  CHECK(risk.model_staleness(8h) == ModelStaleness::no_entries);
  CHECK(risk.model_staleness(16h) == ModelStaleness::sell);
  CHECK(Risk({}).model_staleness(9999h) == ModelStaleness::fresh);
}

// The day began at 100; with 10 % a day, 91 passes and 90 does not, restart or not.
TEST_CASE("a restart forgets neither the peak, nor the day's beginning, nor the refusals") {
  const RiskLimits limits{
      .max_position = 0, .max_drawdown_fraction = 0, .max_daily_loss_fraction = 0.1, .max_rejects = 2};
  Risk before(limits);
  before.watch(100, kMidnight);
  before.watch(95, kMidnight + 1h);
  before.order_ended(true);
  const auto memory = before.memory(kMidnight + 1h);

  Risk after(limits);
  after.restore(before.peak(), memory, {});
  CHECK(after.order_ended(true));
  after.resume();
  Risk again(limits);
  again.restore(before.peak(), memory, {});
  CHECK_FALSE(again.watch(91, kMidnight + 2h));
  CHECK(again.peak() == 100);
  CHECK(again.watch(90, kMidnight + 3h));

  Risk released(limits);
  released.restore(before.peak(), memory, kMidnight + 2h);  // an operator looked at it meanwhile
  CHECK_FALSE(released.watch(90, kMidnight + 3h));
  CHECK(released.peak() == 90);
}

}  // namespace
}  // namespace ctt::trader
