#include "base/random.h"
#include "learning/engines.h"
#include "learning/initial_weights.h"
#include "policy/forward.h"

using namespace ctt;
using policy::Activation;
using policy::NetworkShape;

TEST_CASE("the plain forward pass gives the logits and values of both engines within 1e-5") {
  base::Random random(11);
  for (const auto& shape : {NetworkShape{202, 3, {256, 256}, Activation::tanh, false},
                            NetworkShape{202, 3, {256, 256}, Activation::tanh, true},
                            NetworkShape{70, 4, {64, 33, 17}, Activation::relu, false},
                            NetworkShape{13, 3, {128}, Activation::relu, true}}) {
    auto weights = learning::initial_weights(shape, 5);
    for (float& weight : weights) weight += static_cast<float>(0.02 * random.normal());
    const std::size_t rows = 21;
    std::vector<float> observations(rows * shape.inputs);
    for (float& x : observations) x = static_cast<float>(random.normal());
    std::vector<float> logits(rows * shape.actions), values(rows), its_logits(logits), its_values(values);
    policy::Forward::Scratch scratch;
    policy::Forward(shape, weights).run(observations, rows, logits, values, scratch);
    for (const auto& engine : {learning::Autograd::make(shape, {}), learning::Fast::make(shape, {})}) {
      engine->load(weights);
      engine->forward(observations, rows, its_logits, its_values);
      double largest = 0;
      for (std::size_t i = 0; i < logits.size(); ++i)
        largest = std::max<double>(largest, std::abs(logits[i] - its_logits[i]));
      for (std::size_t i = 0; i < rows; ++i)
        largest = std::max<double>(largest, std::abs(values[i] - its_values[i]));
      CHECK(largest < 1e-5);
    }
  }
}

TEST_CASE("a new policy is nearly uniform, and the seed decides which one") {
  const NetworkShape shape{10, 3, {32}, Activation::tanh, false};
  const auto weights = learning::initial_weights(shape, 1);
  CHECK(weights == learning::initial_weights(shape, 1));
  CHECK(weights != learning::initial_weights(shape, 2));
  double squares = 0;
  for (std::size_t i = 0; i < 10; ++i) squares += weights[i] * weights[i];
  CHECK(squares == doctest::Approx(1));  // the first unit's incoming weights
  policy::Forward::Scratch scratch;
  std::vector<float> logits(3);
  policy::Forward(shape, weights).run(std::vector<float>(10, 1), 1, logits, {}, scratch);
  for (const float logit : logits) CHECK(std::abs(logit) < 0.05);
}
