#include "evaluation/block_length.h"

#include <limits>

#include "vectors.h"

using namespace ctt::evaluation;

TEST_CASE("the block lengths of other programs come out") {
  for (auto& [name, inputs, expected] : vector_cases("block-length-arch.json")) {
    CAPTURE(name);
    const auto series =
        inputs.has("series") ? numbers(inputs.at("series")) : column(inputs.string("series_file"));
    const auto length = automatic_block_length(series);
    REQUIRE(length);
    CHECK(length->lags == static_cast<std::size_t>(expected.integer("m")));
    CHECK(length->stationary == near(expected.number("stationary")).epsilon(1e-6));
    CHECK(length->circular == near(expected.number("circular")).epsilon(1e-6));
  }
}

// +1 and -1 in turn, 8 times: R(k) = (-1)^k (8 - k)/8, no lag is insignificant, so m = min(3 + 5, 8 - 2) = 6
// and the weights are 1, 1, 1, 2/3, 1/3, 0:
//   sum l k R = (-7 + 2 * 6 - 3 * 5 + 4 * 4 * 2/3 - 5 * 3 * 1/3) / 8 = -13/24, G = -13/12
//   sum l R = (-7 + 6 - 5 + 4 * 2/3 - 3 * 1/3) / 8 = -13/24, g = 1 - 13/12 = -1/12
// so (G / g)^2 n = 169 * 8, whose cube root is 11.06, above the most that eight values allow: ceil(8/3).
TEST_CASE("a block is never longer than a third of the series") {
  const auto length = automatic_block_length(std::vector<double>{1, -1, 1, -1, 1, -1, 1, -1});
  REQUIRE(length);
  CHECK(length->lags == 6);
  CHECK(length->stationary == 3);
  CHECK(length->circular == 3);
}

TEST_CASE(
    "what follows a trend needs longer blocks than noise, and the circular one longer than the stationary") {
  const auto noise = automatic_block_length(autoregression(2000, 0, 5));
  const auto trending = automatic_block_length(autoregression(2000, 0.8, 5));
  CHECK(noise->lags == 2);  // no lag is significant, and the first is the least that is used
  CHECK(noise->stationary < 4);
  CHECK(trending->stationary > 15);
  CHECK(trending->circular / trending->stationary == near(std::cbrt(1.5)));
}

TEST_CASE("block lengths do not depend on the unit or the mean of the series") {
  const auto series = autoregression(300, 0.5, 2);
  const auto length = automatic_block_length(series);
  const auto other = automatic_block_length(scaled(series, -1e-4, 0.01));
  CHECK(other->stationary == near(length->stationary));
  CHECK(other->lags == length->lags);
}

TEST_CASE("a length is given for three values, and for none that show no variation") {
  for (std::size_t n = 3; n < 40; ++n) {
    const auto length = automatic_block_length(autoregression(n, 0.5, n));
    REQUIRE(length);
    CHECK(length->stationary >= 0);
    CHECK(length->stationary <= std::ceil(static_cast<double>(n) / 3));
  }
  CHECK_FALSE(automatic_block_length(std::vector<double>{1, 2}));
  CHECK_FALSE(automatic_block_length(std::vector<double>(100, 0.1)));
  CHECK_FALSE(automatic_block_length({}));
  CHECK_THROWS_AS(automatic_block_length(std::vector<double>{1, std::numeric_limits<double>::quiet_NaN(), 2}),
                  std::invalid_argument);
}
