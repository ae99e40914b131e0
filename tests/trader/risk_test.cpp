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
  CHECK(risk.reason().find("30.00 %") != std::string::npos);
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
  CHECK(risk.watch(76.5, kMidnight + 26h));
}

TEST_CASE("an equity that is no number halts even without limits") {
  Risk risk({.max_position = 0, .max_drawdown_fraction = 0, .max_daily_loss_fraction = 0});
  CHECK(risk.watch(std::numeric_limits<double>::quiet_NaN(), kMidnight));
  CHECK(risk.halted());
}

TEST_CASE("a session goes on with the peak of the one before") {
  Risk risk({.max_position = 0, .max_drawdown_fraction = 0.3, .max_daily_loss_fraction = 0});
  risk.restore(200, "{}", {});
  CHECK(risk.watch(100, kMidnight));
}

// 10 coins at 50 are worth 500; a limit of 800 leaves 300.
TEST_CASE("a purchase is cut to what the position limit leaves, a sale never") {
  const Risk risk({.max_position = 800, .max_drawdown_fraction = 0, .max_daily_loss_fraction = 0});
  environment::Account account(1500, 0);
  account.execute({.side = environment::Side::buy, .cash = 500}, 50);
  CHECK(risk.limit({.side = environment::Side::buy, .cash = 1000}, 50, account).cash == doctest::Approx(300));
  CHECK(risk.limit({.side = environment::Side::buy, .cash = 200}, 50, account).cash == doctest::Approx(200));
  CHECK(risk.limit({.side = environment::Side::buy, .cash = 200}, 80, account).side ==
        environment::Side::none);
  CHECK(risk.limit({.side = environment::Side::sell, .quantity = 10}, 80, account).quantity ==
        doctest::Approx(10));
}

}  // namespace
}  // namespace ctt::trader
