#include "evaluation/evaluate.h"

#include <cmath>

#include "evaluation/block_length.h"
#include "policies.h"
#include "vectors.h"

using namespace ctt;
using namespace ctt::evaluation;

namespace {

// Prices whose returns follow each other: x_t = 0.7 x_(t-1) + e_t.
std::vector<double> trending(std::size_t bars) {
  std::vector<double> prices{100};
  for (const double x : autoregression(bars - 1, 0.7, 1))
    prices.push_back(prices.back() * std::exp(0.002 * x));
  return prices;
}

}  // namespace

// The candidate buys on the close before the first held-back bar and stays in, the parent stays out: each
// difference is the bar's return, the first after a commission of 1 %.
TEST_CASE("the gate's differences are resampled in blocks of their automatic length") {
  constexpr std::size_t kHeldBack = 300;
  const auto prices = trending(500);
  std::vector<double> differences;
  for (std::size_t i = prices.size() - kHeldBack; i < prices.size(); ++i)
    differences.push_back(prices[i] / prices[i - 1] * (differences.empty() ? 0.99 : 1) - 1);
  const double block_mean = automatic_block_length(differences)->stationary;
  REQUIRE(block_mean > 3);                                               // returns follow each other
  REQUIRE(std::abs(block_mean - 2 * std::cbrt(double{kHeldBack})) > 1);  // not a rule of n alone

  const auto clean =
      evaluate(*policy_of(always(1)), *policy_of(always(0)), window_of(prices), kHeldBack).clean;
  CHECK(clean.bars == kHeldBack);
  CHECK(clean.block_mean == near(block_mean).epsilon(1e-6));
  const auto expected = stationary_bootstrap(differences, {.block_mean = block_mean, .seed = 5});
  CHECK(clean.difference.mean == near(expected.mean).epsilon(1e-6));
  CHECK(clean.difference.low == near(expected.low).epsilon(1e-3));
  CHECK(clean.difference.high == near(expected.high).epsilon(1e-3));
}

TEST_CASE("two policies that act alike differ in no bar, and bars are resampled one by one") {
  const auto clean =
      evaluate(*policy_of(always(1)), *policy_of(always(1)), window_of(trending(200)), 100).clean;
  CHECK(clean.block_mean == 1);
  CHECK(clean.difference.mean == 0);
  CHECK(clean.difference.share_not_below_0 == 1);
}
