#include "learning/advantages.h"

using namespace ctt::learning;

namespace {

constexpr Discount kHalf{0.5, 0.5};
using Floats = std::vector<float>;
using Ends = std::vector<std::uint8_t>;

}  // namespace

// With gamma = lambda = 1/2 and a critic that says 0, A_t = r_t + A_{t+1}/4.
TEST_CASE("credit flows back by gamma * lambda and stops where an episode ended") {
  const Floats rewards{1, 1}, zero{0, 0};
  CHECK(advantages(rewards, zero, zero, Ends{0, 1}, kHalf) == Floats{1.25F, 1});
  CHECK(advantages(rewards, zero, zero, Ends{1, 1}, kHalf) == Floats{1, 1});
}

// r + gamma V' - V with V = 2 and V' = 6: 1 + 3 - 2 = 2; terminated, V' is 0: 1 - 2 = -1.
TEST_CASE("a truncated episode bootstraps from its last observation, a terminated one from nothing") {
  CHECK(advantages(Floats{1}, Floats{2}, Floats{6}, Ends{1}, kHalf) == Floats{2});
  CHECK(advantages(Floats{1}, Floats{2}, Floats{0}, Ends{1}, kHalf) == Floats{-1});
}

// Surprises 1 + 4/2 - 2 = 1 and 1 + 8/2 - 4 = 1; the first has 1 + 1/4 when credit flows.
TEST_CASE("a fragment's end stops credit but keeps the next value") {
  CHECK(advantages(Floats{1, 1}, Floats{2, 4}, Floats{4, 8}, Ends{0, 0}, kHalf) == Floats{1.25F, 1});
  CHECK(advantages(Floats{1, 1}, Floats{2, 4}, Floats{4, 8}, Ends{1, 0}, kHalf) == Floats{1, 1});
}

TEST_CASE("sizes that disagree are refused") {
  CHECK_THROWS_AS(advantages(Floats{1}, Floats{2, 3}, Floats{6}, Ends{1}, kHalf), std::invalid_argument);
}

// Mean 2, deviations -1 0 1 with population std sqrt(2/3): +- sqrt(3/2).
TEST_CASE("a batch is standardised by the population's deviation") {
  Floats values{1, 2, 3};
  standardise(values);
  CHECK(values[0] == doctest::Approx(-std::sqrt(1.5)));
  CHECK(values[1] == 0);
  CHECK(values[2] == doctest::Approx(std::sqrt(1.5)));
}

// The deviation of 1e-6 is below the floor of 1e-4: the values are divided by the floor.
TEST_CASE("a batch without spread is not blown up") {
  Floats values{0, 2e-6F};
  standardise(values);
  CHECK(values[1] == doctest::Approx(1e-2));
  Floats same{5, 5};
  standardise(same);
  CHECK(same == Floats{0, 0});
}
