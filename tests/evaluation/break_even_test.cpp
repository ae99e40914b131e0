#include "evaluation/break_even.h"

#include "evaluation/made_policy.h"

using namespace ctt;
using namespace ctt::evaluation;
using doctest::Approx;

// One purchase, three rises of a tenth: (1 - c) 1.331 = 1 at a commission of 24.87 %, the contract's is 1 %.
TEST_CASE("the break-even cost is where the backtest ends with its cash, as a multiple and in basis points") {
  const auto found = break_even(*policy_of(always(1)), rising(5));
  REQUIRE(found.multiple);
  CHECK(*found.multiple == Approx(24.87).epsilon(0.001));
  CHECK(*found.side_bp == Approx(2487).epsilon(0.001));
  CHECK(backtest(*policy_of(always(1)), rising(5), {.cost_multiple = *found.multiple}).pnl >= 0);
  CHECK(backtest(*policy_of(always(1)), rising(5), {.cost_multiple = 1.001 * *found.multiple}).pnl < 0);
}

TEST_CASE("costs that are not paid back have a break-even below them") {
  const auto found = break_even(*policy_of(always(1)), rising(5), {.costs = market::Costs{0.25, 0.25}});
  CHECK(*found.multiple < 1);
}

TEST_CASE("where the costs are 0 the break-even has no multiple, but basis points") {
  const auto found = break_even(*policy_of(always(1)), rising(5), {.costs = market::Costs{}});
  CHECK_FALSE(found.multiple);
  CHECK(*found.side_bp == Approx(2487).epsilon(0.001));
}

TEST_CASE("where no costs break even, it is said why") {
  const auto reason = [](int action, double factor) {
    const auto found = break_even(*policy_of(always(action)), moving(5, factor));
    CHECK_FALSE(found.multiple);
    CHECK_FALSE(found.side_bp);
    return found.reason;
  };
  CHECK(reason(0, 1.1) == "it never trades");
  CHECK(reason(1, 0.9) == "it makes no profit even without costs");
  CHECK(reason(1, 2) == "it stays ahead of cash even at 4990 bp a side");
}
