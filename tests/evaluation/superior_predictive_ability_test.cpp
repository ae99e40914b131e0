#include "evaluation/superior_predictive_ability.h"

#include <limits>

#include "evaluation/moments.h"
#include "evaluation/sharpe_tests.h"
#include "vectors.h"

using namespace ctt::evaluation;

namespace {

using Differences = std::vector<std::vector<double>>;  // [strategies][bars]

/// Strategies without dependence whose mean difference is exactly `edge` of its own errors, 1/sqrt(n).
std::vector<double> series_with(double edge, std::size_t bars, std::uint64_t seed) {
  const auto series = autoregression(bars, 0, seed);
  const auto of = sample_moments(series);
  return scaled(series, 1 / of->population_deviation,
                edge / std::sqrt(static_cast<double>(bars)) - of->mean / of->population_deviation);
}

Differences noise(std::size_t strategies, std::size_t bars, std::uint64_t seed) {
  Differences out;
  for (std::size_t k = 0; k < strategies; ++k) out.push_back(autoregression(bars, 0, seed * 1000 + k));
  return out;
}

const BootstrapSettings kPlain{.block_mean = 1, .resamples = 2000, .seed = 4};

}  // namespace

TEST_CASE("with one strategy the p-value is that of its own mean") {
  const auto ability = superior_predictive_ability(Differences{series_with(1.645, 400, 2)}, kPlain);
  CHECK(ability.statistic == near(1.645));
  CHECK(ability.best == 0);
  CHECK(std::abs(ability.consistent - 0.05) < 0.02);
  CHECK(ability.lower == ability.upper);
}

// Independent strategies: the highest of 20 worthless ones exceeds T with probability 1 - Phi(T)^20.
TEST_CASE("the best of twenty has to show more than one alone") {
  Differences all;
  for (std::uint64_t k = 0; k < 20; ++k) all.push_back(series_with(k == 7 ? 2 : 0, 400, k));
  const auto ability = superior_predictive_ability(all, kPlain);
  CHECK(ability.best == 7);
  CHECK(ability.statistic == near(2));
  CHECK(std::abs(ability.consistent - (1 - std::pow(normal_cdf(2), 20))) < 0.06);
}

// Four errors below the benchmark is further than sqrt(2 log log 400) = 1.89, so `consistent` no longer moves such
// a strategy up to 0, and it cannot be the best of a resample.
TEST_CASE("strategies far below the benchmark weigh on the upper p-value only") {
  Differences all{series_with(1.5, 400, 1)};
  for (std::uint64_t k = 2; k < 22; ++k) all.push_back(series_with(-4, 400, k));
  const auto ability = superior_predictive_ability(all, kPlain);
  CHECK(std::abs(ability.lower - 0.067) < 0.02);
  CHECK(std::abs(ability.consistent - 0.067) < 0.02);
  CHECK(ability.upper > 0.5);
}

TEST_CASE("strategies somewhat below the benchmark lie between the two bounds") {
  Differences all{series_with(1.5, 400, 1)};
  for (std::uint64_t k = 2; k < 12; ++k) all.push_back(series_with(k < 7 ? -1 : -4, 400, k));
  const auto ability = superior_predictive_ability(all, kPlain);
  CHECK(ability.lower < ability.consistent);
  CHECK(ability.consistent < ability.upper);
}

TEST_CASE("worthless strategies are called superior about as rarely as the level says") {
  std::size_t called = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto ability =
        superior_predictive_ability(noise(5, 100, seed), {.block_mean = 2, .resamples = 200, .seed = seed});
    CHECK(ability.lower <= ability.consistent);
    CHECK(ability.consistent <= ability.upper);
    called += ability.consistent <= 0.1 ? 1 : 0;
  }
  CHECK(called > 6);
  CHECK(called < 36);
}

TEST_CASE("when no strategy beats the benchmark the p-value is 1") {
  const auto ability =
      superior_predictive_ability(Differences{series_with(-1, 50, 1), series_with(-2, 50, 2)}, kPlain);
  CHECK(ability.statistic == 0);
  CHECK(ability.best == 0);
  CHECK(ability.consistent == 1);
}

TEST_CASE("strategies that act as the benchmark does are left out") {
  const std::vector<double> same(60, 0);
  const auto alone = superior_predictive_ability(Differences{series_with(1.5, 60, 3)}, kPlain);
  const auto beside = superior_predictive_ability(Differences{same, series_with(1.5, 60, 3), same}, kPlain);
  CHECK(beside.best == 1);
  CHECK(beside.consistent == alone.consistent);
  const auto none = superior_predictive_ability(Differences{same, same}, kPlain);
  CHECK_FALSE(none.best);
  CHECK(none.consistent == 1);
}

TEST_CASE("blocks that are always the whole series leave no chance to test against") {
  const auto ability =
      superior_predictive_ability(Differences{autoregression(50, 0.3, 1, 1)}, {.block_mean = 1e20});
  CHECK_FALSE(ability.best);
  CHECK(ability.consistent == 1);
}

TEST_CASE("neither the unit of a strategy's differences nor a second look changes a p-value") {
  auto all = noise(4, 80, 9);
  const auto ability = superior_predictive_ability(all, kPlain);
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = scaled(all[k], std::exp2(-static_cast<double>(k)));
  const auto other = superior_predictive_ability(all, kPlain);
  CHECK(other.statistic == near(ability.statistic));
  CHECK(other.lower == ability.lower);
  CHECK(other.upper == ability.upper);
}

TEST_CASE("differences of other shapes are refused by name") {
  CHECK_THROWS_WITH_AS(superior_predictive_ability({}, {}),
                       "there are no strategies; give the differences of at least one",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(
      superior_predictive_ability(Differences{{1, 2, 3}, {1, 2}}, {}),
      "differences[1] has 2 bars and differences[0] 3; give all of them the same bars, at least 3",
      std::invalid_argument);
  CHECK_THROWS_AS(superior_predictive_ability(Differences{{1, 2}}, {}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(superior_predictive_ability(
                           Differences{{1, 2, 3}, {1, std::numeric_limits<double>::quiet_NaN(), 3}}, {}),
                       "differences[1][1] is nan, not a finite number; repair or leave out that bar",
                       std::invalid_argument);
  CHECK_THROWS_AS(superior_predictive_ability(Differences{{1, 2, 3}}, {.resamples = 0}),
                  std::invalid_argument);
}
