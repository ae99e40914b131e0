#include "evaluation/moments.h"

#include <limits>

#include "vectors.h"

using namespace ctt::evaluation;

// 0, 0, 0, 4: mean 1, distances -1, -1, -1, 3, so m2 = 12/4, m3 = 24/4, m4 = 84/4.
TEST_CASE("the moments of four values are those worked out by hand") {
  const auto of = sample_moments(std::vector<double>{0, 0, 0, 4});
  REQUIRE(of);
  CHECK(of->count == 4);
  CHECK(of->mean == 1);
  CHECK(of->deviation == near(2));
  CHECK(of->population_deviation == near(std::sqrt(3)));
  CHECK(of->skewness == near(6 / std::pow(3, 1.5)));
  CHECK(of->kurtosis == near(21.0 / 9));
}

TEST_CASE("skewness and kurtosis do not depend on the unit, however small it is") {
  const auto series = autoregression(50, 0.3, 1);
  const auto of = sample_moments(series);
  const auto tiny = sample_moments(scaled(series, 1e-90));
  CHECK(tiny->skewness == near(of->skewness));
  CHECK(tiny->kurtosis == near(of->kurtosis));
  CHECK(sample_moments(scaled(series, -1))->skewness == near(-of->skewness));
}

TEST_CASE("values that are all equal, one value and none have no deviation") {
  // The mean of ten times 0.1 is not 0.1, so their distances from it are not 0.
  CHECK_FALSE(sample_moments(std::vector<double>(10, 0.1)));
  CHECK_FALSE(sample_moments(std::vector<double>{0.1}));
  CHECK_FALSE(sample_moments({}));
}

TEST_CASE("a value that is not finite is refused with its place") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(sample_moments(std::vector<double>{1, nan}),
                       "series[1] is nan, not a finite number; repair or leave out that bar",
                       std::invalid_argument);
  CHECK_THROWS_AS(sample_moments(std::vector<double>{std::numeric_limits<double>::infinity(), 1}),
                  std::invalid_argument);
}
