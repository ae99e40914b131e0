#include "evaluation/ratios.h"

#include <limits>

#include "evaluation/moments.h"
#include "vectors.h"

using namespace ctt::evaluation;

namespace {

const std::vector<double> kUpDownUp{0.5, -0.5, 0.5};  // equity 1.5, 0.75, 1.125

std::string refusal(const auto& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "not refused";
}

}  // namespace

// Where the other program has no answer, null, there is none here either.
TEST_CASE("the ratios of other programs' tests come out") {
  for (auto& [name, inputs, expected] : vector_cases("ratios-empyrical.json")) {
    CAPTURE(name);
    const auto returns = numbers(inputs.at("returns"));
    const double bars = inputs.number("periods_a_year", 252);
    const auto of = sample_moments(returns);
    const std::map<std::string, std::optional<double>> answers{
        {"max_drawdown", maximum_drawdown(returns).deepest},
        {"sharpe_annual_252", sharpe_ratio(returns, 252)},
        {"sharpe_a_period", sharpe_ratio(returns, 1)},
        {"sharpe_a_period_population_std",
         of ? std::optional(of->mean / of->population_deviation) : std::nullopt},
        {"sortino_annual", sortino_ratio(returns, bars)},
        {"sortino_a_period", sortino_ratio(returns, 1)},
        {"calmar", calmar_ratio(returns, bars)},
        {"annual_return", annual_return(returns, bars)}};
    for (const auto& key : expected.keys()) {
      CAPTURE(key);
      REQUIRE(answers.contains(key));
      const auto answer = answers.at(key);
      const auto value = expected.find(key);
      REQUIRE(answer.has_value() == value.has_value());
      if (answer) CHECK(std::abs(*answer - value->as_number()) < 1e-8);
    }
  }
}

// Mean 1/6; squared distances 1/9, 4/9, 1/9, so the sample's variance is 1/3. Downside: sqrt(0.25 / 3).
TEST_CASE("Sharpe and Sortino ratio of three returns are those worked out by hand") {
  CHECK(sharpe_ratio(kUpDownUp, 4).value() == near(2.0 / 6 * std::sqrt(3)));
  CHECK(sortino_ratio(kUpDownUp, 4).value() == near(2.0 / 6 / std::sqrt(0.25 / 3)));
}

TEST_CASE("three bars that make 12.5 % are 12.5 % a year where a year has three bars") {
  CHECK(annual_return(kUpDownUp, 3).value() == near(0.125));
  CHECK(annual_return(kUpDownUp, 6).value() == near(1.125 * 1.125 - 1));
  CHECK(calmar_ratio(kUpDownUp, 3).value() == near(0.125 / 0.5));
}

TEST_CASE("a drawdown lasts from the bar after its peak until the account is back there") {
  SUBCASE("still open at the end") {
    const auto drawdown = maximum_drawdown(kUpDownUp);
    CHECK(drawdown.deepest == near(-0.5));
    CHECK(drawdown.deepest_bars == 2);
    CHECK(drawdown.longest_bars == 2);
    CHECK_FALSE(drawdown.recovered);
  }
  SUBCASE("the deepest is not the longest") {
    // Equity 0.5, 1, then 0.9 for four bars.
    const auto drawdown = maximum_drawdown(std::vector<double>{-0.5, 1, -0.1, 0, 0, 0});
    CHECK(drawdown.deepest == near(-0.5));
    CHECK(drawdown.deepest_bars == 1);
    CHECK(drawdown.longest_bars == 4);
    CHECK(drawdown.recovered);
  }
  SUBCASE("a first loss is one from the starting capital") {
    CHECK(maximum_drawdown(std::vector<double>{-0.25}).deepest == near(-0.25));
  }
  SUBCASE("a loss of everything never recovers") {
    const auto drawdown = maximum_drawdown(std::vector<double>{0.1, -1, 0.5});
    CHECK(drawdown.deepest == -1);
    CHECK(drawdown.deepest_bars == 2);
    CHECK(annual_return(std::vector<double>{0.1, -1, 0.5}, 3).value() == -1);
  }
  SUBCASE("none") {
    const auto drawdown = maximum_drawdown(std::vector<double>{0, 0.1, 0});
    CHECK(drawdown.deepest == 0);
    CHECK(drawdown.longest_bars == 0);
    CHECK(drawdown.recovered);
  }
}

TEST_CASE("a loss that is made good exactly is no drawdown any more, whatever the rounding") {
  // 0.95 * 1/0.95, a thousand times, is a little below 1 in doubles.
  std::vector<double> returns;
  for (int i = 0; i < 1000; ++i) returns.insert(returns.end(), {-0.05, 1 / 0.95 - 1});
  CHECK(maximum_drawdown(returns).longest_bars == 1);
}

TEST_CASE("Sharpe and Sortino ratio do not depend on how much was invested") {
  const auto returns = scaled(autoregression(200, 0, 3), 0.01, 0.001);
  CHECK(sharpe_ratio(scaled(returns, 3), 252).value() == near(sharpe_ratio(returns, 252).value()));
  CHECK(sortino_ratio(scaled(returns, 3), 252).value() == near(sortino_ratio(returns, 252).value()));
}

TEST_CASE("ratios of series that do not define them are empty, not 0 or enormous") {
  for (const auto& series : {std::vector<double>{}, std::vector<double>{0.1}, std::vector<double>(10, 0.1)}) {
    CHECK_FALSE(sharpe_ratio(series, 252));
    CHECK_FALSE(sortino_ratio(series, 252));
    CHECK_FALSE(calmar_ratio(series, 252));
  }
  CHECK_FALSE(annual_return({}, 252));
  CHECK_FALSE(turnover({}, {}, 252));
  CHECK_FALSE(exposure({}, {}));
}

// All of 100 bought and sold again, then half of it bought: 2.5 times in four bars.
TEST_CASE("turnover counts purchases and sales as parts of the net worth") {
  const std::vector<double> traded{100, -200, 0, 50}, net_worth{100, 200, 100, 100};
  CHECK(turnover(traded, net_worth, 4).value() == near(2.5));
  CHECK(turnover(traded, net_worth, 8).value() == near(5));
}

TEST_CASE("exposure is the mean part of the account that was at risk, and how often any was") {
  const auto at_risk = exposure(std::vector<double>{0, 50, -100, 0}, std::vector<double>{100, 100, 100, 100});
  CHECK(at_risk->mean == near(1.5 / 4));
  CHECK(at_risk->time_in_market == near(0.5));
}

TEST_CASE("what cannot be is refused by name") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> one{1};
  CHECK(refusal([&] {
          (void)sharpe_ratio(std::vector<double>{0, nan}, 252);
        }).starts_with("returns[1] is nan"));
  CHECK(refusal([&] {
          (void)maximum_drawdown(std::vector<double>{0, -1.5});
        }).starts_with("returns[1] is -1.5"));
  CHECK(refusal([&] { (void)sortino_ratio(one, 0); }).starts_with("bars_a_year is 0"));
  CHECK(refusal([&] { (void)turnover(one, std::vector<double>{0}, 252); }).starts_with("net_worth[0] is 0"));
  CHECK(refusal([&] {
          (void)exposure(one, std::vector<double>{1, 1});
        }).starts_with("position has 1 values"));
  CHECK(refusal([&] { (void)exposure(std::vector<double>{nan}, one); }).starts_with("position[0] is nan"));
}
