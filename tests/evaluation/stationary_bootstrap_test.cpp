#include "evaluation/stationary_bootstrap.h"

#include <limits>

#include "evaluation/moments.h"
#include "vectors.h"

using namespace ctt::evaluation;
using ctt::base::Random;

namespace {

double block_mean_of(ctt::base::JsonObject& inputs, std::size_t n) {
  const auto given = inputs.at("block_mean");
  if (given.is_number()) return given.as_number();
  REQUIRE(given.as_string() == "2 n^(1/3)");
  return 2 * std::cbrt(static_cast<double>(n));
}

/// Lemma 1 as it is printed, in n^2 steps.
double lemma_1(const std::vector<double>& series, double block_mean) {
  const auto n = static_cast<double>(series.size());
  const double q = 1 - 1 / std::max(1.0, block_mean);
  double sum = 0;
  for (std::size_t lag = 0; lag < series.size(); ++lag) {
    double covariance = 0;
    for (std::size_t t = 0; t + lag < series.size(); ++t)
      covariance += (series[t] - mean(series)) * (series[t + lag] - mean(series)) / n;
    const auto i = static_cast<double>(lag);
    sum +=
        lag == 0 ? covariance : 2 * ((1 - i / n) * std::pow(q, i) + i / n * std::pow(q, n - i)) * covariance;
  }
  return sum / n;
}

}  // namespace

TEST_CASE("resampling agrees with Lemma 1 and with another resampler, as far as chance lets it") {
  for (auto& [name, inputs, expected] : vector_cases("stationary-bootstrap.json")) {
    CAPTURE(name);
    const auto series = numbers(inputs.at("series"));
    const double block_mean = block_mean_of(inputs, series.size());
    const double deviation = expected.number("sd_of_resampled_mean");
    const auto report =
        stationary_bootstrap(series, {.block_mean = block_mean, .resamples = 20000, .seed = 1});
    CHECK(std::abs(report.mean - expected.number("mean")) < 1e-12);
    CHECK(std::sqrt(resampled_mean_variance(series, block_mean)) == near(deviation).epsilon(1e-9));
    CHECK(report.deviation == near(deviation).epsilon(0.03));
    CHECK(std::abs(report.low - expected.number("q05")) < 0.08 * deviation);
    CHECK(std::abs(report.high - expected.number("q95")) < 0.08 * deviation);
    CHECK(std::abs(report.share_not_below_0 - expected.number("share_not_below_0")) < 0.03);
  }
}

TEST_CASE("the variance of resampled means in n steps is Lemma 1's of n^2 steps") {
  for (const std::size_t n : {1, 2, 3, 40}) {
    for (const double block_mean : {0.5, 1.0, 1.5, 7.0, 500.0, 1e20}) {
      const auto series = autoregression(n, 0.6, n, 3);
      CAPTURE(n);
      CAPTURE(block_mean);
      CHECK(std::abs(resampled_mean_variance(series, block_mean) - lemma_1(series, block_mean)) < 1e-12);
    }
  }
}

TEST_CASE("the variance over many resamples is Lemma 1's") {
  const auto series = autoregression(30, 0.7, 4);
  const auto means = resampled_means(series, {.block_mean = 4, .resamples = 40000, .seed = 2});
  CHECK(sample_moments(means)->deviation ==
        near(std::sqrt(resampled_mean_variance(series, 4))).epsilon(0.02));
}

TEST_CASE("the blocks of a resample cover it once, start everywhere and have the mean length") {
  BlockSampler sampler(50, 5);
  Random random(3);
  std::size_t blocks = 0;
  std::vector<std::size_t> starts(50);
  for (int resample = 0; resample < 2000; ++resample) {
    std::size_t total = 0;
    for (const auto& [first, length] : sampler.draw(random)) {
      REQUIRE(first < 50);
      total += length;
      ++starts[first];
      ++blocks;
    }
    REQUIRE(total == 50);
  }
  // The resample's end cuts the last block, so there is one block more than 49 ends of probability 1/5.
  CHECK(static_cast<double>(blocks) / 2000 == near(1 + 49.0 / 5).epsilon(0.02));
  for (const std::size_t count : starts) CHECK(static_cast<double>(count) == near(432).epsilon(0.25));
}

TEST_CASE("the same seed gives the same means, and more resamples begin with them") {
  const auto series = autoregression(40, 0.2, 1);
  const auto means = resampled_means(series, {.block_mean = 3, .resamples = 100, .seed = 9});
  auto more = resampled_means(series, {.block_mean = 3, .resamples = 150, .seed = 9});
  more.resize(100);
  CHECK(more == means);
  CHECK(resampled_means(series, {.block_mean = 3, .resamples = 100, .seed = 10}) != means);
}

// -2, -1, 0, 1, 2: ranks 0 and 4 enclose nearly all, ranks 1 and 3 a half.
TEST_CASE("quantiles and share of known means are those worked out by hand") {
  const std::vector<double> means{1, -2, 0, 2, -1};
  const auto half = describe(0.5, means, 0.5);
  CHECK(half.mean == 0.5);
  CHECK(half.low == -1);
  CHECK(half.high == 1);
  CHECK(half.share_not_below_0 == near(3.0 / 5));
  CHECK(half.deviation == near(std::sqrt(2)));
  // A mean that is below 0 by a rounding only is not below it.
  CHECK(describe(0, {-1e-17, 1e-3}).share_not_below_0 == 1);
  CHECK(describe(0, {-1e-17, 1e-18}).share_not_below_0 == 0.5);
}

TEST_CASE("a result scales with the series and moves with its mean") {
  const auto series = autoregression(80, 0.4, 6);
  const BootstrapSettings settings{.block_mean = 4, .resamples = 500, .seed = 5};
  const auto report = stationary_bootstrap(series, settings);
  const auto other = stationary_bootstrap(scaled(series, 1e-3, 1), settings);
  CHECK(other.low == near(1 + 1e-3 * report.low));
  CHECK(other.deviation == near(1e-3 * report.deviation));
}

TEST_CASE("series of one value, and one single value, have that mean in every resample") {
  for (const std::size_t n : {1, 2, 60}) {
    const auto report =
        stationary_bootstrap(std::vector<double>(n, 0.5), {.block_mean = 3, .resamples = 50, .seed = 1});
    CHECK(report.low == near(0.5));
    CHECK(report.high == near(0.5));
    CHECK(report.deviation == doctest::Approx(0));
    CHECK(report.share_not_below_0 == 1);
  }
}

TEST_CASE("seeds that agree add nothing to the market's chance, and seeds that differ do") {
  const auto series = autoregression(100, 0.3, 8);
  const BootstrapSettings settings{.block_mean = 4, .resamples = 4000, .seed = 3};
  const double alone = stationary_bootstrap(series, settings).deviation;
  const std::vector<std::vector<double>> alike(3, series);
  const std::vector<std::vector<double>> apart{scaled(series, 1, -1), series, scaled(series, 1, 1)};
  const auto pooled = [&](const auto& all) {
    return describe(0, pooled_resampled_means(all, settings)).deviation;
  };
  CHECK(pooled(alike) == near(alone).epsilon(0.05));
  // Means of three draws of -1, 0, 1 have the variance 2/9.
  CHECK(pooled(apart) == near(std::sqrt(alone * alone + 2.0 / 9)).epsilon(0.05));
}

TEST_CASE("a bootstrap of nothing, or of what is no number, is refused by name") {
  const std::vector<double> one{1};
  CHECK_THROWS_WITH_AS(resampled_means({}, {}), "series is empty; resampling needs at least one value",
                       std::invalid_argument);
  CHECK_THROWS_AS(resampled_means(std::vector<double>{0, std::numeric_limits<double>::quiet_NaN()}, {}),
                  std::invalid_argument);
  CHECK_THROWS_WITH_AS(resampled_means(one, {.resamples = 0}), "resamples is 0; draw at least one",
                       std::invalid_argument);
  CHECK_THROWS_AS(resampled_means(one, {.block_mean = std::numeric_limits<double>::infinity()}),
                  std::invalid_argument);
  CHECK_THROWS_AS(describe(0, {1}, 1), std::invalid_argument);
  CHECK_THROWS_AS(describe(0, {}), std::invalid_argument);
  CHECK_THROWS_AS(pooled_resampled_means(std::vector<std::vector<double>>{{1, 2}, {1}}, {}),
                  std::invalid_argument);
}
