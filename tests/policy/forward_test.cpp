#include "policy/forward.h"

#include "base/random.h"

using namespace ctt::policy;
using ctt::base::Random;

namespace {

std::vector<float> floats(std::size_t count, Random& random, double scale) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(scale * random.normal());
  return values;
}

double act(double x, Activation activation) {
  return activation == Activation::tanh ? std::tanh(x) : std::max(0.0, x);
}

// The definition, in double: y = W x + b, layer after layer, beginning with weight `at`.
std::vector<double> dense(const std::vector<double>& x, const std::vector<float>& weights, std::size_t& at,
                          std::size_t outputs) {
  std::vector<double> y(outputs);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (const double input : x) y[o] += input * weights[at++];
  }
  for (double& out : y) out += weights[at++];
  return y;
}

std::vector<double> hidden(std::vector<double> x, const NetworkShape& shape,
                           const std::vector<float>& weights, std::size_t& at) {
  for (const std::size_t width : shape.hidden) {
    x = dense(x, weights, at, width);
    for (double& value : x) value = act(value, shape.activation);
  }
  return x;
}

struct Output {
  std::vector<double> logits;
  double value;
};

Output by_definition(const NetworkShape& shape, const std::vector<float>& weights,
                     const std::vector<double>& x) {
  std::size_t at = 0;
  const auto trunk = hidden(x, shape, weights, at);
  const auto logits = dense(trunk, weights, at, shape.actions);
  const auto other = shape.shared ? trunk : hidden(x, shape, weights, at);
  return {logits, dense(other, weights, at, 1)[0]};
}

}  // namespace

// One hidden unit: relu(2 * 3 - 1) = 5; logits 5 and -5 + 1; value 0.5 * 5.
TEST_CASE("a network of one unit gives what a hand computes") {
  const std::vector<float> weights{2, -1, /*logits*/ 1, -1, 0, 1, /*value*/ 0.5F, 0};
  const Forward forward({1, 2, {1}, Activation::relu, true}, weights);
  Forward::Scratch scratch;
  std::vector<float> logits(2);
  float value = 0;
  forward.run(std::vector<float>{3}, 1, logits, {&value, 1}, scratch);
  CHECK(logits == std::vector<float>{5, -4});
  CHECK(value == 2.5F);
}

TEST_CASE("every width, depth, activation and kind of trunk agrees with the definition") {
  Random random(7);
  for (const auto& shape :
       {NetworkShape{202, 3, {256, 256}, Activation::tanh, false},
        NetworkShape{202, 3, {256, 256}, Activation::tanh, true},
        NetworkShape{17, 4, {33, 31, 65}, Activation::relu, false},
        NetworkShape{5, 3, {1}, Activation::relu, true}, NetworkShape{9, 2, {}, Activation::tanh, false}}) {
    const double scale = 1 / std::sqrt(static_cast<double>(shape.inputs));
    const auto weights = floats(shape.parameter_count(), random, scale);
    const std::size_t rows = 7;  // a tile of four rows and three single ones
    const auto observations = floats(rows * shape.inputs, random, 1);
    std::vector<float> logits(rows * shape.actions), values(rows);
    Forward::Scratch scratch;
    const Forward forward(shape, weights);
    forward.run(observations, rows, logits, values, scratch);
    for (std::size_t r = 0; r < rows; ++r) {
      const auto* first = &observations[r * shape.inputs];
      const auto expected = by_definition(shape, weights, {first, first + shape.inputs});
      for (std::size_t a = 0; a < shape.actions; ++a) {
        CHECK(std::abs(logits[r * shape.actions + a] - expected.logits[a]) < 1e-4);
      }
      CHECK(std::abs(values[r] - expected.value) < 1e-4);
      // Alone or in a batch: the same bits.
      std::vector<float> alone(shape.actions);
      forward.run({first, shape.inputs}, 1, alone, {}, scratch);
      CHECK(std::equal(alone.begin(), alone.end(), &logits[r * shape.actions]));
    }
  }
}

TEST_CASE("tanh is within 3e-7 of the real one from -20 to 20, and saturates") {
  // One input, one unit with weight 1, a logit that passes it on.
  const Forward forward({1, 1, {1}, Activation::tanh, true}, std::vector<float>{1, 0, 1, 0, 1, 0});
  Forward::Scratch scratch;
  for (float x = -20; x < 20; x += 0.00731F) {
    float y = 0;
    forward.run({&x, 1}, 1, {&y, 1}, {}, scratch);
    REQUIRE(std::abs(y - std::tanh(static_cast<double>(x))) < 3e-7);
  }
}

TEST_CASE("what is not a number stays so through both activations") {
  for (const auto activation : {Activation::tanh, Activation::relu}) {
    const Forward forward({1, 1, {1}, activation, true}, std::vector<float>{1, 0, 1, 0, 1, 0});
    Forward::Scratch scratch;
    const float x = NAN;
    float y = 0;
    forward.run({&x, 1}, 1, {&y, 1}, {}, scratch);
    CHECK(std::isnan(y));
  }
}

TEST_CASE("weights or buffers of another network are refused") {
  const NetworkShape shape{2, 3, {4}, Activation::tanh, false};
  CHECK_THROWS_AS(Forward(shape, std::vector<float>(5)), std::invalid_argument);
  const Forward forward(shape, std::vector<float>(shape.parameter_count()));
  Forward::Scratch scratch;
  std::vector<float> logits(3);
  CHECK_THROWS_AS(forward.run(std::vector<float>(3), 1, logits, {}, scratch), std::invalid_argument);
}
