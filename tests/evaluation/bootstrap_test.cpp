#include "evaluation/bootstrap.h"

#include "base/random.h"

using namespace ctt;
using evaluation::bootstrap_mean;

namespace {

std::vector<double> noise(std::size_t n, double mean, std::uint64_t seed) {
  base::Random random(seed);
  std::vector<double> series(n);
  for (double& value : series) value = mean + random.normal();
  return series;
}

// Each value stands `times` times in a row: no more is known of the mean than from one of each.
std::vector<double> repeated(const std::vector<double>& series, std::size_t times) {
  std::vector<double> longer;
  for (const double value : series) longer.insert(longer.end(), times, value);
  return longer;
}

}  // namespace

TEST_CASE("a series of one value has that mean in every resample") {
  const auto report = bootstrap_mean(std::vector<double>(60, 0.5), 1);
  CHECK(report.mean == doctest::Approx(0.5));
  CHECK(report.low == doctest::Approx(0.5));
  CHECK(report.high == doctest::Approx(0.5));
  CHECK(report.share_not_below_0 == 1);
  CHECK(bootstrap_mean(std::vector<double>(60, 0.0), 1).share_not_below_0 == 1);
  CHECK(bootstrap_mean({}, 1).share_not_below_0 == 0);
}

TEST_CASE("without dependence the interval is that of the mean's standard error") {
  // 400 values of deviation 1: the mean's is 1/20, its 5 % and 95 % quantiles 1.645/20 away.
  const auto report = bootstrap_mean(noise(400, 0, 7), 3);
  CHECK(report.high - report.low == doctest::Approx(2 * 1.645 / 20).epsilon(0.15));
  CHECK(report.low < report.mean);
  CHECK(report.mean < report.high);
}

TEST_CASE("values that come in runs widen the interval, which resampling them one by one would not see") {
  const auto apart = bootstrap_mean(noise(400, 0, 7), 3);
  const auto in_runs = bootstrap_mean(repeated(noise(100, 0, 7), 4), 3);
  // The mean of 100 different values is twice as uncertain as one of 400.
  CHECK(in_runs.high - in_runs.low > 1.4 * (apart.high - apart.low));
}

TEST_CASE("the same seed gives the same numbers") {
  const auto series = noise(100, 0.1, 5);
  CHECK(bootstrap_mean(series, 9).share_not_below_0 == bootstrap_mean(series, 9).share_not_below_0);
  CHECK(bootstrap_mean(series, 9).low != bootstrap_mean(series, 10).low);
}

TEST_CASE("a series without an edge is called one in about one of ten tries") {
  std::size_t called = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed)
    called += bootstrap_mean(noise(100, 0, seed), seed, 500).share_not_below_0 >= 0.9 ? 1 : 0;
  CHECK(called > 15);
  CHECK(called < 60);
}
