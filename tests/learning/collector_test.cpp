#include "learning/collector.h"

#include "learning/engines.h"
#include "learning/market.h"

using namespace ctt;
using namespace ctt::learning;

TEST_CASE("actions are drawn with the probabilities of the softmax") {
  const std::vector<float> logits{std::log(1.0F), std::log(2.0F), std::log(5.0F)};  // 1/8, 2/8, 5/8
  CHECK(sample(logits, 0) == 0);
  CHECK(sample(logits, 0.1249) == 0);
  CHECK(sample(logits, 0.1251) == 1);
  CHECK(sample(logits, 0.3749) == 1);
  CHECK(sample(logits, 0.3751) == 2);
  CHECK(sample(logits, 0.999999) == 2);
}

TEST_CASE("logits of any size, even not numbers, give an action that exists") {
  CHECK(sample(std::vector<float>{1e30F, -1e30F}, 0.5) == 0);
  const int action = sample(std::vector<float>{NAN, NAN, NAN}, 0.5);
  CHECK(action >= 0);
  CHECK(action < 3);
}

namespace {

// Steady growth of 1 % a bar; episodes of 3 steps; a critic that says 10 (weights 0, bias 10).
struct Steady {
  std::shared_ptr<environment::MarketData> data =
      market_of(std::vector<double>(40, 0.01), std::vector<float>(40, 1));
  environment::EpisodeSettings settings;
  policy::NetworkShape shape{1, 3, {}, policy::Activation::tanh, false};
  std::vector<float> weights = std::vector<float>(shape.parameter_count());

  Steady() {
    settings.window_size = 1;
    settings.costs = {};
    settings.fill = environment::Fill::close;
    settings.max_episode_steps = 3;
    settings.reward_scheme = environment::RewardSchemeSpec::parse("ReturnPBR");
    weights[4] = 50;  // bias of action 1: always buys
    weights.back() = 10;
  }
};

}  // namespace

// gamma 1/2, lambda 0: target = r + V'/2 = r + 5 at every step, also where the episode was truncated.
TEST_CASE("targets bootstrap from the critic at truncation as anywhere else") {
  const Steady steady;
  environment::VectorEnvironment environments(steady.data, steady.settings, 2, 1);
  base::Workers workers(2);
  Collector collector(environments, {0.5, 0}, 0, 1, workers);
  Batch batch;
  collector.collect(policy::Forward(steady.shape, steady.weights), 7, batch);
  REQUIRE(batch.rows() == 14);
  CHECK(std::ranges::all_of(batch.taken, [](int action) { return action == 1; }));
  for (std::size_t k = 0; k < 2; ++k) {
    for (std::size_t t = 0; t < 7; ++t) {
      // The first step of an episode has no price difference before it.
      const double reward = batch.targets[k * 7 + t] - 5;
      CHECK((std::abs(reward) < 1e-5 || std::abs(reward - 0.01) < 1e-4));
    }
  }
}

// gamma = lambda = 1/2 with a critic of 10: every surprise is r + 5 - 10, about -5, and A_t = -5 + A_{t+1}/4
// within a fragment: -5 at its last step, -6.25 at the one before.
TEST_CASE("fragments bound how far credit flows back") {
  const Steady steady;
  auto settings = steady.settings;
  settings.max_episode_steps = 0;
  environment::VectorEnvironment environments(steady.data, settings, 1, 1);
  base::Workers workers(2);
  Collector collector(environments, {0.5, 0.5}, 2, 1, workers);
  Batch batch;
  collector.collect(policy::Forward(steady.shape, steady.weights), 6, batch);
  for (const std::size_t t : {0U, 2U, 4U}) {
    CHECK(batch.targets[t] - 10 == doctest::Approx(-6.25).epsilon(0.01));
    CHECK(batch.targets[t + 1] - 10 == doctest::Approx(-5).epsilon(0.01));
  }
}

// A loss limit of 5 % on a market that falls 10 % a bar: every episode terminates, and the value of what
// would have followed (10) does not count: the target of its last step is its reward alone.
TEST_CASE("a terminated episode does not bootstrap") {
  Steady steady;
  steady.data = market_of(std::vector<double>(40, -0.1), std::vector<float>(40, 1));
  steady.settings.max_allowed_loss = 0.05;
  environment::VectorEnvironment environments(steady.data, steady.settings, 1, 1);
  base::Workers workers(2);
  Collector collector(environments, {0.5, 0}, 0, 1, workers);
  Batch batch;
  collector.collect(policy::Forward(steady.shape, steady.weights), 4, batch);
  for (const float target : batch.targets) CHECK(target < 0.2);
}

TEST_CASE("a batch shows each row the observation that the policy acted on, whoever worked at it") {
  const std::vector<float> hints{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
  const auto data = market_of(std::vector<double>(20, 0.001), hints);
  environment::EpisodeSettings settings;
  settings.window_size = 3;
  settings.account_columns = true;
  settings.max_episode_steps = 5;
  settings.random_start_pct = 0.5;
  const policy::NetworkShape shape{6, 3, {8}, policy::Activation::tanh, false};
  const policy::Forward policy(shape, initial_weights(shape, 1));
  Batch batches[2];
  for (const std::size_t threads : {1U, 2U}) {
    environment::VectorEnvironment environments(data, settings, 40, 1);
    base::Workers workers(threads);
    Collector collector(environments, {}, 0, 1, workers);
    collector.collect(policy, 7, batches[threads - 1]);
  }
  const auto& batch = batches[0];
  CHECK(batch.inputs() == 6);
  CHECK(batches[1].logits == batch.logits);
  CHECK(batches[1].advantages == batch.advantages);
  std::vector<float> observation(6), logits(3);
  policy::Forward::Scratch scratch;
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    batch.observe(row, observation.data());
    CHECK(observation[2] == observation[0] + 2);
    policy.run(observation, 1, logits, {}, scratch);
    CHECK(std::ranges::equal(logits, std::span(batch.logits).subspan(row * 3, 3)));
  }
}
