#include "evaluation/network_health.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/random.h"
#include "evaluation/symmetric_eigenvalues.h"
#include "policies.h"
#include "vectors.h"

using namespace ctt;
using namespace ctt::evaluation;

namespace {

std::vector<double> sorted_eigenvalues(std::vector<double> matrix, std::size_t n) {
  auto values = symmetric_eigenvalues(std::move(matrix), n);
  std::ranges::sort(values);
  return values;
}

// Two inputs, a hidden layer of four relu units, two actions.
policy::Checkpoint four_units() {
  policy::Checkpoint checkpoint;
  checkpoint.contract.network = {
      .inputs = 2, .actions = 2, .hidden = {4}, .activation = policy::Activation::relu, .shared = false};
  checkpoint.weights.assign(checkpoint.contract.network.parameter_count(), 0.0F);
  return checkpoint;
}

}  // namespace

TEST_CASE("eigenvalues of small matrices are those of the textbook") {
  CHECK(symmetric_eigenvalues({7}, 1) == std::vector<double>{7});
  const auto two = sorted_eigenvalues({2, 1, 1, 2}, 2);
  CHECK(two[0] == near(1));
  CHECK(two[1] == near(3));
  // The second difference with fixed ends, 2 on the diagonal and -1 beside it: 2 - 2 cos(k pi / (n + 1)).
  constexpr std::size_t n = 9;
  std::vector<double> chain(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    chain[i * n + i] = 2;
    if (i + 1 < n) chain[i * n + i + 1] = chain[(i + 1) * n + i] = -1;
  }
  const auto values = sorted_eigenvalues(chain, n);
  for (std::size_t k = 1; k <= n; ++k)
    CHECK(values[k - 1] == near(2 - 2 * std::cos(static_cast<double>(k) * std::numbers::pi / (n + 1))));
}

// Trace and sum of squares are the eigenvalues' sum and sum of squares, whatever the matrix.
TEST_CASE("eigenvalues keep the trace and the sum of squares of a full matrix") {
  constexpr std::size_t n = 60;
  base::Random random(2);
  std::vector<double> matrix(n * n);
  double trace = 0;
  double squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) matrix[i * n + j] = matrix[j * n + i] = random.normal();
    trace += matrix[i * n + i];
  }
  for (const double value : matrix) squares += value * value;
  double sum = 0;
  double sum_of_squares = 0;
  for (const double value : symmetric_eigenvalues(matrix, n)) {
    sum += value;
    sum_of_squares += value * value;
  }
  CHECK(sum == near(trace).epsilon(1e-9));
  CHECK(sum_of_squares == near(squares).epsilon(1e-9));
  matrix[3] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(symmetric_eigenvalues(matrix, n), std::invalid_argument);
}

// Singular values 2, 1, 1 are shares 1/2, 1/4, 1/4, whose entropy is 3/2 ln 2.
TEST_CASE("the effective rank is the exponential of the entropy of the singular values' shares") {
  CHECK(effective_rank(std::vector<float>{2, 0, 0, 0, 1, 0, 0, 0, 1}, 3, 3) == near(std::pow(2, 1.5)));
  CHECK(effective_rank(std::vector<float>{1, 0, 0, 0, 0, 1, 0, 0}, 2, 4) == near(2));
  // Every row a multiple of one row: rank 1, whichever side is longer.
  const std::vector<float> alike{1, 2, 3, 2, 4, 6, -1, -2, -3, 0.5F, 1, 1.5F};
  CHECK(effective_rank(alike, 4, 3) == near(1).epsilon(1e-6));
  CHECK(effective_rank(alike, 3, 4) > 1);
  CHECK(effective_rank(std::vector<float>(6), 2, 3) == 0);
  CHECK_THROWS_AS(effective_rank(alike, 4, 4), std::invalid_argument);
}

// Means over two observations: units 0 and 1 a half, unit 2 a hundredth of it, unit 3 nothing; of the layer
// 1.005 / 4 = 0.251. So unit 2 has 2.0 % of the layer's mean.
TEST_CASE("a unit that hardly answers is dormant, and the critic's weights are no part of the norm") {
  auto checkpoint = four_units();
  checkpoint.weights[0] = 1;      // unit 0, input 0
  checkpoint.weights[3] = 1;      // unit 1, input 1
  checkpoint.weights[4] = 0.01F;  // unit 2, input 0
  checkpoint.weights[6] = -2;     // unit 3, input 0
  checkpoint.weights.back() = 9;  // the critic's bias
  const auto policy = policy_of(checkpoint);
  const std::vector<float> observations{1, 0, 0, 1};
  const auto health = network_health(*policy, observations);
  REQUIRE(health);
  CHECK(health->dormant_share == 0.5);
  CHECK(health->weight_norm == near(std::sqrt(1 + 1 + 0.0001 + 4)));
  CHECK(health->effective_rank == near(2).epsilon(1e-3));
  // Three times the weight lifts it to 0.015 of 0.254, 5.9 %: awake.
  checkpoint.weights[4] = 0.03F;
  CHECK(network_health(*policy_of(checkpoint), observations)->dormant_share == 0.25);
}

TEST_CASE("a layer that is silent altogether is dormant, and activations beyond floats have no health") {
  auto checkpoint = four_units();
  const std::vector<float> observations{1, 0, 0, 1};
  const auto silent = network_health(*policy_of(checkpoint), observations);
  CHECK(silent->dormant_share == 1);
  CHECK(silent->effective_rank == 0);
  checkpoint.weights[0] = std::numeric_limits<float>::max();
  checkpoint.weights[1] = std::numeric_limits<float>::max();
  CHECK_FALSE(network_health(*policy_of(checkpoint), std::vector<float>{1, 1}).has_value());
}

// One unit, of the newest return, which a constant market never moves.
TEST_CASE("the health over a window is that of its observations") {
  auto checkpoint = always(1);
  checkpoint.weights[0] = 1;
  std::vector<double> prices;
  for (int i = 0; i < 700; ++i) prices.push_back(i % 2 == 0 ? 100 : 101);
  CHECK(network_health(*policy_of(checkpoint), window_of(prices))->dormant_share == 0);
  const std::vector<double> still(700, 100.0);
  const auto health = network_health(*policy_of(checkpoint), window_of(still));
  CHECK(health->dormant_share == 1);
  CHECK(health->weight_norm == near(std::sqrt(2)));  // the input's weight and the bias of its action
}
