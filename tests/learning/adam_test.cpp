#include "learning/adam.h"

using namespace ctt::learning;

// Bias correction makes the first step the learning rate, whatever the gradient's size.
TEST_CASE("the first step has the length of the learning rate") {
  Adam adam(2, 0.1);
  std::vector<float> weights{1, 1};
  adam.step(weights, std::vector<float>{100, -0.001F});
  CHECK(weights[0] == doctest::Approx(0.9));
  CHECK(weights[1] == doctest::Approx(1.1).epsilon(1e-4));
}

// Gradients 1 and -1: m = (.9 * .1 - .1)/(1 - .81) = -.01/.19, v = (.999 * .001 + .001)/(1 - .998001) = 1.
TEST_CASE("the second step follows the running means") {
  Adam adam(1, 0.1);
  std::vector<float> weights{0};
  adam.step(weights, std::vector<float>{1});
  adam.step(weights, std::vector<float>{-1});
  CHECK(weights[0] == doctest::Approx(-0.1 + 0.1 * 0.01 / 0.19).epsilon(1e-5));
  CHECK(adam.state().step == 2);
}

TEST_CASE("a restored optimiser goes on as if it had never stopped, at its old rate") {
  const std::vector<float> gradient{0.5F, -2};
  std::vector<float> weights{1, 2};
  Adam first(2, 0.1);
  first.step(weights, gradient);
  auto other = weights;
  Adam second(2, 0.7);
  second.restore(first.state());
  CHECK(second.learning_rate() == 0.1);
  first.step(weights, gradient);
  second.step(other, gradient);
  CHECK(weights == other);
  CHECK_THROWS_AS(second.restore(Adam(3, 0.1).state()), std::invalid_argument);
}

TEST_CASE("a gradient is scaled down to the norm allowed and never up") {
  std::vector<float> gradient{3, 4};
  CHECK(clip_norm(gradient, 0) == 5);
  CHECK(gradient == std::vector<float>{3, 4});
  CHECK(clip_norm(gradient, 10) == 5);
  CHECK(gradient == std::vector<float>{3, 4});
  CHECK(clip_norm(gradient, 1) == 5);
  CHECK(gradient[0] == doctest::Approx(0.6));
  CHECK(gradient[1] == doctest::Approx(0.8));
}
