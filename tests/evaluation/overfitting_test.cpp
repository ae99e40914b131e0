#include "evaluation/overfitting.h"

#include <limits>

#include "vectors.h"

using namespace ctt::evaluation;

namespace {

using Returns = std::vector<std::vector<double>>;  // [strategies][bars]

Returns transposed(const ctt::base::JsonValue& rows) {
  Returns out;
  for (const auto& row : rows.as_array()) {
    const auto bar = numbers(row);
    out.resize(bar.size());
    for (std::size_t k = 0; k < bar.size(); ++k) out[k].push_back(bar[k]);
  }
  return out;
}

Returns noise(std::size_t strategies, std::size_t bars, std::uint64_t seed) {
  Returns out;
  for (std::size_t k = 0; k < strategies; ++k) out.push_back(autoregression(bars, 0, seed * 1000 + k));
  return out;
}

}  // namespace

TEST_CASE("overfitting of other programs' matrices comes out") {
  for (auto& [name, inputs, expected] : vector_cases("pbo-cscv.json")) {
    CAPTURE(name);
    auto report =
        overfitting(transposed(inputs.at("returns")), static_cast<std::size_t>(inputs.integer("S")));
    std::ranges::sort(report.logits);
    const auto logits = numbers(expected.at("logits_sorted"));
    CHECK(report.logits.size() == static_cast<std::size_t>(expected.integer("combinations")));
    REQUIRE(report.logits.size() == logits.size());
    for (std::size_t i = 0; i < logits.size(); ++i) CHECK(std::abs(report.logits[i] - logits[i]) < 1e-8);
    CHECK(std::abs(report.probability - expected.number("pbo")) < 1e-12);
    CHECK(std::abs(report.median_logit - expected.number("median_logit")) < 1e-8);
    const auto counts = numbers(expected.at("best_counts"));
    CHECK(std::vector<double>(report.best_counts.begin(), report.best_counts.end()) == counts);
  }
}

// The first wins the first half and loses the second, the second strategy the other way round: whichever half
// one looks at, the pick is the worse one of two in the other, w = 1/3.
TEST_CASE("two strategies that take turns are all overfitting") {
  const auto report = overfitting(Returns{{2, 1, -1, -2}, {-1, -2, 2, 1}}, 2);
  CHECK(report.probability == 1);
  CHECK(report.loss_share == 1);
  REQUIRE(report.logits.size() == 2);
  CHECK(report.logits[0] == near(std::log(0.5)));
  CHECK(report.best_counts == std::vector<std::size_t>{1, 1});
}

TEST_CASE("a strategy that is better throughout is no overfitting") {
  const auto report = overfitting(Returns{{2, 1, 2, 1}, {-1, -2, -1, -2}}, 2);
  CHECK(report.probability == 0);
  CHECK(report.loss_share == 0);
  CHECK(report.median_logit == near(std::log(2)));
}

TEST_CASE("among worthless strategies the best one is in the lower half about as often as not") {
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) sum += overfitting(noise(9, 120, seed), 6).probability;
  CHECK(sum / 40 == near(0.55).epsilon(0.15));  // 5 of 9 ranks have a logit <= 0
}

TEST_CASE("neither the unit nor how much each strategy invests changes anything") {
  const auto returns = noise(5, 64, 3);
  auto other = returns;
  for (std::size_t k = 0; k < other.size(); ++k)
    other[k] = scaled(other[k], 0.01 * static_cast<double>(k + 1));
  CHECK(overfitting(other, 8).logits == overfitting(returns, 8).logits);
}

TEST_CASE("strategies that did nothing rank as equals in the middle") {
  // The trader's ratio is above 0 in both halves, the idle ones' 0: rank 3 of 3.
  const auto report = overfitting(Returns{{0, 0, 0, 0}, {2, 1, 2, 1}, {0, 0, 0, 0}}, 2);
  CHECK(report.best_counts == std::vector<std::size_t>{0, 2, 0});
  CHECK(report.median_logit == near(std::log(3)));
  // All alike: rank 2 of 3, a logit of 0, which is not better than the median.
  const auto idle = overfitting(Returns(3, std::vector<double>(8, 0)), 4);
  CHECK(idle.probability == 1);
  CHECK(idle.median_logit == doctest::Approx(0));
}

// Three times 0.1, divided by 3, is not 0.1 in doubles; three times 0.3 is 0.3. Both are as sure: ranks 2.5 of 3.
TEST_CASE("equal returns that are not 0 count as the surest of all, not as a rounding's ratio") {
  const std::vector<double> varying{1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2};
  const auto report =
      overfitting(Returns{varying, std::vector<double>(12, 0.1), std::vector<double>(12, 0.3)}, 4);
  CHECK(report.best_counts == std::vector<std::size_t>{0, 6, 0});
  CHECK(report.median_logit == near(std::log(2.5 / 1.5)));
}

TEST_CASE("the oldest bars are left out where the blocks do not divide them") {
  auto returns = noise(4, 64, 6);
  const auto report = overfitting(returns, 8);
  for (auto& series : returns) series.insert(series.begin(), {5, -5, 5});
  CHECK(overfitting(returns, 8).logits == report.logits);
}

TEST_CASE("shapes that cannot be cut are refused by name") {
  CHECK_THROWS_WITH_AS(overfitting(noise(1, 20, 1), 4),
                       "1 strategies were given; overfitting shows among two or more", std::invalid_argument);
  CHECK_THROWS_WITH_AS(overfitting(noise(2, 20, 1), 5), "blocks is 5; give an even number from 2 to 24",
                       std::invalid_argument);
  CHECK_THROWS_AS(overfitting(noise(2, 20, 1), 0), std::invalid_argument);
  CHECK_THROWS_AS(overfitting(noise(2, 15, 1), 16), std::invalid_argument);
  CHECK_THROWS_AS(overfitting(noise(2, 2, 1), 2), std::invalid_argument);
  CHECK_THROWS_AS(overfitting(Returns{{1, 2, 3, 4}, {1, 2, 3}}, 2), std::invalid_argument);
  CHECK_THROWS_AS(overfitting(Returns{{1, 2, 3, std::numeric_limits<double>::quiet_NaN()}, {1, 2, 3, 4}}, 2),
                  std::invalid_argument);
}
