#include "evaluation/sharpe_tests.h"

#include <limits>

#include "vectors.h"

using namespace ctt::evaluation;

namespace {

SharpeEstimate estimate_of(ctt::base::JsonObject& inputs) {
  return {.sharpe = inputs.number("sharpe"),
          .observations = inputs.number("observations", 2),
          .skewness = inputs.number("skewness", 0),
          .kurtosis = inputs.number("kurtosis", 3)};
}

// Papers print four digits; formulas were worked out to all of them.
double tolerance(const std::string& name, double printed) {
  return name.starts_with("formula") ? 1e-9 : printed;
}

}  // namespace

TEST_CASE("probabilistic Sharpe ratios of the paper come out") {
  for (auto& [name, inputs, expected] : vector_cases("probabilistic-sharpe.json")) {
    CAPTURE(name);
    const auto psr = probabilistic_sharpe(estimate_of(inputs), inputs.number("benchmark", 0));
    REQUIRE(psr);
    CHECK(std::abs(*psr - expected.number("psr")) < tolerance(name, 5e-4));
  }
}

TEST_CASE("deflated Sharpe ratios of the paper come out") {
  for (auto& [name, inputs, expected] : vector_cases("deflated-sharpe.json")) {
    CAPTURE(name);
    const Trials trials{.count = inputs.number("trials"), .variance = inputs.number("variance_of_trials")};
    CHECK(std::abs(expected_maximum_sharpe(trials) - expected.number("sr0")) < tolerance(name, 5e-5));
    CHECK(std::abs(deflated_sharpe(estimate_of(inputs), trials).value() - expected.number("dsr")) <
          tolerance(name, 5e-5));
  }
}

TEST_CASE("minimum track records of the paper come out, and are just long enough") {
  for (auto& [name, inputs, expected] : vector_cases("minimum-track-record.json")) {
    CAPTURE(name);
    auto estimate = estimate_of(inputs);
    const double benchmark = inputs.number("benchmark", 0);
    const double confidence = inputs.number("confidence");
    const auto length = minimum_track_record(estimate, benchmark, confidence);
    const auto observations = expected.find("observations");
    const auto years = expected.find("years");
    REQUIRE(length.has_value() == (observations || years));
    if (!length) continue;
    if (observations) CHECK(std::abs(*length - observations->as_number()) < 1e-6);
    if (years) CHECK(std::abs(*length / inputs.number("periods_a_year") - years->as_number()) < 0.005);
    estimate.observations = *length;
    CHECK(probabilistic_sharpe(estimate, benchmark).value() == near(confidence).epsilon(1e-12));
  }
}

TEST_CASE("normal quantiles are right to the last digits, in the tails as well") {
  CHECK(std::abs(normal_quantile(0.975) - 1.959963984540054) < 1e-14);
  CHECK(std::abs(normal_quantile(0.5)) < 1e-16);
  CHECK(std::abs(normal_quantile(1e-10) + 6.361340902404056) < 1e-13);
  for (const double p : {1e-300, 1e-9, 0.01, 0.3, 0.999999})
    CHECK(normal_cdf(normal_quantile(p)) == near(p).epsilon(1e-12));
  CHECK_THROWS_AS(normal_quantile(0), std::invalid_argument);
  CHECK_THROWS_AS(normal_quantile(1), std::invalid_argument);
}

// Normal returns: the radicand is 1 + SR^2/2, so a ratio of sqrt(2) and 9 returns give sqrt(2) 2 sqrt(2)/sqrt(2).
TEST_CASE("the probabilistic Sharpe ratio worked out by hand") {
  const SharpeEstimate estimate{.sharpe = std::sqrt(2), .observations = 9};
  CHECK(probabilistic_sharpe(estimate).value() == near(normal_cdf(2 * std::sqrt(2))));
  CHECK(probabilistic_sharpe(estimate, std::sqrt(2)).value() == 0.5);
}

TEST_CASE("longer records and fatter left tails move the confidence as they should") {
  const SharpeEstimate estimate{.sharpe = 0.1, .observations = 200};
  auto longer = estimate, skewed = estimate;
  longer.observations = 400;
  skewed.skewness = -2;
  skewed.kurtosis = 12;
  CHECK(probabilistic_sharpe(longer).value() > probabilistic_sharpe(estimate).value());
  CHECK(probabilistic_sharpe(skewed).value() < probabilistic_sharpe(estimate).value());
  CHECK(minimum_track_record(skewed).value() > minimum_track_record(estimate).value());
}

TEST_CASE("without an edge no record is long enough, and one return says nothing") {
  CHECK_FALSE(minimum_track_record({.sharpe = 0.1}, 0.1));
  CHECK_FALSE(minimum_track_record({.sharpe = -0.1}));
  CHECK_FALSE(probabilistic_sharpe({.sharpe = 0.1, .observations = 1}));
  // Two values only, in shares that make the radicand (1 - g3 SR / 2)^2 zero.
  CHECK_FALSE(probabilistic_sharpe({.sharpe = 1, .observations = 10, .skewness = 2, .kurtosis = 5}));
}

TEST_CASE("one trial deflates nothing, and each further one deflates more") {
  const SharpeEstimate picked{.sharpe = 0.1, .observations = 1000};
  CHECK(expected_maximum_sharpe({.count = 1, .variance = 0.01}) == 0);
  CHECK(deflated_sharpe(picked, {.count = 1, .variance = 0.01}) == probabilistic_sharpe(picked));
  double before = 1;
  for (const double count : {1.0, 1.2, 2.0, 10.0, 1000.0, 1e9}) {
    const double deflated = deflated_sharpe(picked, {.count = count, .variance = 0.001}).value();
    CHECK(deflated <= before);
    before = deflated;
  }
}

// The mean of the highest of 100 standard normal draws is 2.508; the formula promises about that.
TEST_CASE("the expected maximum is what the best of so many worthless trials shows") {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) sum += std::ranges::max(autoregression(100, 0, seed));
  CHECK(expected_maximum_sharpe({.count = 100, .variance = 1}) == near(sum / 2000).epsilon(0.03));
}

TEST_CASE("an estimate and the trials come from their series") {
  const auto returns = autoregression(500, 0, 7, 0.1);
  const auto moments = sample_moments(returns);
  const auto estimate = sharpe_estimate(*moments);
  CHECK(estimate.sharpe == moments->mean / moments->deviation);
  CHECK(estimate.observations == 500);
  CHECK(estimate.kurtosis == moments->kurtosis);
  const auto trials = trials_of(std::vector<double>{0.1, 0.2, 0.3});
  CHECK(trials.count == 3);
  CHECK(trials.variance == near(0.01));
  CHECK(trials_of(std::vector<double>{0.1}).variance == 0);
}

TEST_CASE("numbers that no series has are refused by name") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(probabilistic_sharpe({.sharpe = nan, .observations = 9}),
                       "sharpe is nan, not a finite number; compute it from at least two different returns",
                       std::invalid_argument);
  CHECK_THROWS_AS(minimum_track_record({.sharpe = 0.1}, 0, 1), std::invalid_argument);
  CHECK_THROWS_AS(expected_maximum_sharpe({.count = 0.5, .variance = 1}), std::invalid_argument);
  CHECK_THROWS_AS(expected_maximum_sharpe({.count = 5, .variance = -1}), std::invalid_argument);
  CHECK_THROWS_AS(trials_of({}), std::invalid_argument);
}
