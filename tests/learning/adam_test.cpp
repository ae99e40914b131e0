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

TEST_CASE("a weight's step does not depend on the weights beside it") {
  constexpr std::size_t kSize = 75;
  std::vector<float> weights(kSize, 1), gradient(kSize);
  for (std::size_t i = 0; i < kSize; ++i)
    gradient[i] = std::ldexp(i % 2 == 0 ? 1.0F : -3.0F, 30 - static_cast<int>(i));
  gradient[7] = 0;
  Adam together(kSize, 0.1);
  for (int step = 0; step < 3; ++step) together.step(weights, gradient);
  for (std::size_t i = 0; i < kSize; ++i) {
    std::vector<float> weight{1};
    Adam alone(1, 0.1);
    for (int step = 0; step < 3; ++step) alone.step(weight, std::span(gradient).subspan(i, 1));
    CHECK(weights[i] == doctest::Approx(weight[0]).epsilon(1e-6));
  }
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
  CHECK(clip_scale(5, 0) == 1);
  CHECK(clip_scale(5, 10) == 1);
  CHECK(clip_scale(5, 1) == doctest::Approx(0.2));
  std::vector<float> weights{0}, scaled{0};
  Adam whole(1, 0.1), in_part(1, 0.1);
  whole.step(weights, std::vector<float>{0.5F});
  in_part.apply(in_part.begin(0.25), 0, 1, scaled, std::vector<float>{2});
  CHECK(weights == scaled);
  CHECK(whole.state() == in_part.state());
}

TEST_CASE("a step in pieces is the step in one") {
  const std::vector<float> gradient{0.5F, -2, 3};
  std::vector<float> weights{1, 2, 3}, pieces = weights;
  Adam whole(3, 0.1), parts(3, 0.1);
  whole.step(weights, gradient);
  const auto step = parts.begin();
  parts.apply(step, 1, 2, pieces, gradient);
  parts.apply(step, 0, 1, pieces, gradient);
  CHECK(weights == pieces);
}
