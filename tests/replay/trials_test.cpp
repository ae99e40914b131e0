#include <doctest/doctest.h>

#include "replay/trials.h"

namespace ctt::replay {

TEST_CASE("what was tried twice counts once, and trials are read back") {
  const auto all = joined({{"a", 0.1}, {"b", 0.2}}, {{"b", 0.3}, {"c", 0.4}});
  REQUIRE(all.size() == 3);
  CHECK(all[1].sharpe == 0.3);
  CHECK(parse_trials(json_of(all), "test").size() == 3);
}

TEST_CASE("the more was tried, the less a Sharpe ratio says") {
  std::vector<double> returns;
  for (int i = 0; i < 500; ++i) returns.push_back(0.001 + (i % 2 == 0 ? 0.01 : -0.01));
  const auto one = sharpe_test(Arm::always, returns, {{"a", 0.1}}, 8760);
  const auto ten = sharpe_test(Arm::always, returns,
                               {{"a", 0.1},
                                {"b", 0},
                                {"c", -0.1},
                                {"d", 0.05},
                                {"e", 0.07},
                                {"f", -0.03},
                                {"g", 0.01},
                                {"h", 0.02},
                                {"i", 0},
                                {"j", 0.06}},
                               8760);
  CHECK(*one.deflated == *one.probabilistic);
  CHECK(*ten.deflated < *ten.probabilistic);
  CHECK(ten.trials == 10);
}

}  // namespace ctt::replay
