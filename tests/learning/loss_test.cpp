#include "learning/losses.h"

#include "learning/engines.h"
#include "learning/learner.h"

using namespace ctt;
using namespace ctt::learning;

namespace {

// Nets without hidden layers on an observation of 0: the biases are the logits and the value, and the
// gradient of a bias is that of its output. Two actions.
//   weights: policy.logits.weight [2,1] bias [2], value.out.weight [1,1] bias [1]
const policy::NetworkShape kShape{1, 2, {}, policy::Activation::tanh, false};
constexpr std::size_t kLogit0 = 2, kValue = 5;

training::Ppo settings() {
  training::Ppo ppo;
  ppo.clip_param = 0.2;
  ppo.entropy_coeff = 0;
  ppo.vf_loss_coeff = 0.5;
  ppo.vf_clip_param = 4;
  return ppo;
}

struct Answer {
  Losses losses;
  std::vector<float> gradient;
};

// One row: the old policy gave action 0 the probability 1/2, the new one p = ratio/2.
template <class Engine>
Answer at_ratio(double ratio, float advantage, const training::Ppo& ppo = settings(), double kl_coeff = 0,
                float value = 0, float target = 0) {
  const double p = ratio / 2;
  const auto batch = batch_of({0}, 2, {0}, {0, 0}, {advantage}, {target});
  const auto engine = Engine::make(kShape, ppo);
  engine->load(std::vector<float>{0, 0, static_cast<float>(std::log(p / (1 - p))), 0, 0, value});
  Answer answer{{}, std::vector<float>(6)};
  const std::uint32_t row = 0;
  answer.losses = engine->gradient(batch, {&row, 1}, kl_coeff, answer.gradient);
  return answer;
}

}  // namespace

// d(-A r)/d logit = -A r (1 - p), since d log p/d logit = 1 - p.
TEST_CASE_TEMPLATE("inside the clipping range the gradient is that of the ratio", Engine, Autograd, Fast) {
  for (const float advantage : {2.0F, -2.0F}) {
    for (const double ratio : {0.81, 1.0, 1.19}) {
      const auto answer = at_ratio<Engine>(ratio, advantage);
      CHECK(answer.losses.policy == doctest::Approx(-advantage * ratio).epsilon(1e-5));
      CHECK(answer.gradient[kLogit0] == doctest::Approx(-advantage * ratio * (1 - ratio / 2)).epsilon(1e-4));
      CHECK(answer.gradient[kLogit0 + 1] ==
            doctest::Approx(advantage * ratio * (1 - ratio / 2)).epsilon(1e-4));
    }
  }
}

TEST_CASE_TEMPLATE("beyond the range a gain that is already taken pulls no further", Engine, Autograd, Fast) {
  const auto up = at_ratio<Engine>(1.21, 2);
  CHECK(up.losses.policy == doctest::Approx(-2 * 1.2));
  CHECK(up.gradient[kLogit0] == 0);
  const auto down = at_ratio<Engine>(0.79, -2);
  CHECK(down.losses.policy == doctest::Approx(2 * 0.8));
  CHECK(down.gradient[kLogit0] == 0);
}

TEST_CASE_TEMPLATE("beyond the range a loss still pushes back", Engine, Autograd, Fast) {
  const auto down = at_ratio<Engine>(0.79, 2);
  CHECK(down.losses.policy == doctest::Approx(-2 * 0.79));
  CHECK(down.gradient[kLogit0] == doctest::Approx(-2 * 0.79 * (1 - 0.395)).epsilon(1e-4));
  const auto up = at_ratio<Engine>(1.21, -2);
  CHECK(up.losses.policy == doctest::Approx(2 * 1.21));
  CHECK(up.gradient[kLogit0] == doctest::Approx(2 * 1.21 * (1 - 0.605)).epsilon(1e-4));
}

// (v - target)^2 = 2.25 below the clip of 4, gradient .5 * 2 * 1.5; beyond it the gradient is 0.
TEST_CASE_TEMPLATE("the critic's error counts up to vf_clip_param and pulls no further beyond it", Engine,
                   Autograd, Fast) {
  const auto near = at_ratio<Engine>(1, 0, settings(), 0, 1.5F, 0);
  CHECK(near.losses.value == doctest::Approx(2.25));
  CHECK(near.losses.total == doctest::Approx(0.5 * 2.25));
  CHECK(near.gradient[kValue] == doctest::Approx(1.5));
  const auto far = at_ratio<Engine>(1, 0, settings(), 0, 2.5F, 0);
  CHECK(far.losses.value == doctest::Approx(4));
  CHECK(far.gradient[kValue] == 0);
}

// Old (1/2, 1/2), new (.6, .4): KL = .5 ln(.5/.6) + .5 ln(.5/.4); its gradient by logit 0 is p - q = .1.
TEST_CASE_TEMPLATE("the KL term goes over all actions, from the old policy to the new", Engine, Autograd,
                   Fast) {
  const auto answer = at_ratio<Engine>(1.2, 0, settings(), 3);
  const double kl = 0.5 * std::log(0.5 / 0.6) + 0.5 * std::log(0.5 / 0.4);
  CHECK(answer.losses.kl == doctest::Approx(kl).epsilon(1e-4));
  CHECK(answer.losses.total == doctest::Approx(3 * kl).epsilon(1e-4));
  CHECK(answer.gradient[kLogit0] == doctest::Approx(3 * 0.1).epsilon(1e-4));
}

// H = -sum p ln p, dH/d logit 0 = -p (ln p + H).
TEST_CASE_TEMPLATE("the entropy bonus is subtracted from the loss", Engine, Autograd, Fast) {
  auto ppo = settings();
  ppo.entropy_coeff = 2;
  const auto answer = at_ratio<Engine>(1.2, 0, ppo);
  const double entropy = -0.6 * std::log(0.6) - 0.4 * std::log(0.4);
  CHECK(answer.losses.entropy == doctest::Approx(entropy).epsilon(1e-5));
  CHECK(answer.losses.total == doctest::Approx(-2 * entropy).epsilon(1e-5));
  CHECK(answer.gradient[kLogit0] == doctest::Approx(2 * 0.6 * (std::log(0.6) + entropy)).epsilon(1e-4));
}

TEST_CASE_TEMPLATE("a step uses the rows it is given and no others", Engine, Autograd, Fast) {
  const auto batch = batch_of({0, 0}, 2, {0, 1}, {0, 0, 0, 0}, {1, 100}, {0, 0});
  const auto engine = Engine::make(kShape, settings());
  engine->load(std::vector<float>(6));
  const std::uint32_t row = 0;
  std::vector<float> gradient(6);
  CHECK(engine->gradient(batch, {&row, 1}, 0, gradient).policy == doctest::Approx(-1));
}

TEST_CASE_TEMPLATE("an update is an Adam step against the clipped gradient, with the rate that was set",
                   Engine, Autograd, Fast) {
  auto ppo = settings();
  ppo.grad_clip = 1e-3;
  const auto batch = batch_of({0}, 2, {0}, {0, 0}, {1}, {0});
  const auto engine = Engine::make(kShape, ppo);
  engine->load(std::vector<float>(6));
  engine->set_learning_rate(0.25);
  const std::uint32_t row = 0;
  const auto losses = engine->update(batch, {&row, 1}, 0);
  CHECK(losses.gradient_norm == doctest::Approx(std::sqrt(0.5)));
  CHECK(engine->weights()[kLogit0] == doctest::Approx(0.25).epsilon(1e-3));
  CHECK(engine->weights()[kLogit0 + 1] == doctest::Approx(-0.25).epsilon(1e-3));
  CHECK(engine->optimizer().first[kLogit0] == doctest::Approx(-0.1 * 1e-3 / std::sqrt(2)).epsilon(1e-3));
}

TEST_CASE_TEMPLATE("a loss that is not finite is reported and changes nothing", Engine, Autograd, Fast) {
  const auto batch = batch_of({NAN}, 2, {0}, {0, 0}, {1}, {0});
  const auto engine = Engine::make(kShape, settings());
  engine->load(std::vector<float>(6));
  const std::uint32_t row = 0;
  CHECK_FALSE(engine->update(batch, {&row, 1}, 0).finite());
  CHECK(engine->weights() == std::vector<float>(6));
  CHECK(engine->optimizer().step == 0);
}

TEST_CASE("kl_coeff grows above twice the target, shrinks below half of it and stays between") {
  CHECK(adapted_kl_coeff(0.2, 0.021, 0.01) == doctest::Approx(0.3));
  CHECK(adapted_kl_coeff(0.2, 0.02, 0.01) == 0.2);
  CHECK(adapted_kl_coeff(0.2, 0.005, 0.01) == 0.2);
  CHECK(adapted_kl_coeff(0.2, 0.0049, 0.01) == 0.1);
  CHECK(adapted_kl_coeff(0.2, 0.0049, 0.01, 0.15) == 0.15);
  CHECK(adapted_kl_coeff(0.1, 0.0049, 0.01, 0.15) == 0.1);  // below its floor already: it does not rise
}
