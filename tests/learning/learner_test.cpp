#include "learning/learner.h"

#include "learning/market.h"
#include "learning/runtime.h"

using namespace ctt;
using namespace ctt::learning;

namespace {

// Beside each bar its own direction, which says nothing about the next.
std::vector<float> own_directions(const std::vector<double>& moves) {
  std::vector<float> hints;
  for (const double move : moves) hints.push_back(move > 0 ? 1 : -1);
  return hints;
}

}  // namespace

TEST_CASE("a feature that shows the next bar's direction is learned to 90 % of the best return") {
  prepare_process();
  const auto moves = coin_moves(1000, 1);
  const auto data = market_of(moves, next_directions(moves));
  const auto pack = small_pack(R"(, "commission": 0)");
  Training run(pack, data, 1);
  for (int i = 0; i < 20; ++i) REQUIRE(!run.learner.iterate().divergence);
  double best = 0;  // in the asset at every rise and never at a fall
  for (std::size_t i = 1; i < moves.size(); ++i) best += std::max(0.0, moves[i]);
  CHECK(std::log(run.final_net_worth(data, pack) / 10000) >= 0.9 * best);
}

// 50 iterations from each of five seeds; what is earned on fresh bars, as a fraction of foresight's.
TEST_CASE("both engines learn the signal equally well, within what the seed makes of it") {
  const auto moves = coin_moves(1000, 1), fresh = coin_moves(1000, 9);
  const auto data = market_of(moves, next_directions(moves));
  const auto unseen = market_of(fresh, next_directions(fresh));
  const auto pack = small_pack(R"(, "commission": 0)");
  const auto outcome = [&](training::Engine engine, std::uint64_t seed) {
    Training run(pack, data, seed, engine);
    for (int i = 0; i < 50; ++i) REQUIRE(!run.learner.iterate().divergence);
    return std::log(run.final_net_worth(unseen, pack) / 10000) / (500 * 0.01);
  };
  double fast = 0, reference = 0, least = 1, most = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const double by_reference = outcome(training::Engine::autograd, seed);
    fast += outcome(training::Engine::fast, seed) / 5;
    reference += by_reference / 5;
    least = std::min(least, by_reference);
    most = std::max(most, by_reference);
  }
  CHECK(fast >= 0.9);
  CHECK(std::abs(fast - reference) <= most - least + 0.01);
}

TEST_CASE("where nothing can be known, no profit remains after fees") {
  prepare_process();
  const auto moves = coin_moves(1000, 2);
  const auto pack = small_pack(R"(, "commission": 0.003)");
  Training run(pack, market_of(moves, own_directions(moves)), 1);
  for (int i = 0; i < 20; ++i) REQUIRE(!run.learner.iterate().divergence);
  const auto unseen = coin_moves(1000, 3);  // ends where it began
  CHECK(run.final_net_worth(market_of(unseen, own_directions(unseen)), pack) <= 10100);
}

TEST_CASE("the metrics of an iteration are those of its episodes and of the optimiser") {
  const auto moves = coin_moves(500, 4);
  Training run(small_pack(), market_of(moves, next_directions(moves)), 1);
  const auto metrics = run.learner.iterate().metrics;
  CHECK(metrics.lr == 0.003);
  CHECK(metrics.kl_coeff == 0.2);
  CHECK(metrics.entropy > 1.0);
  CHECK(metrics.entropy < std::log(3.0) + 1e-6);
  CHECK(metrics.kl >= 0);
  CHECK(metrics.trade_count_mean > 5);
  CHECK(metrics.hold_ratio_mean > 0.2);
  CHECK(metrics.pnl_pct_mean == doctest::Approx(metrics.pnl_mean / 100));
  CHECK(metrics.steps_per_s > 0);
}

TEST_CASE("while no episode has ended their means are unknown") {
  const auto moves = coin_moves(500, 4);
  // Iterations of 64 steps of each environment, episodes of 100.
  auto pack = small_pack();
  pack.environment.max_episode_steps = 100;
  pack.environment.random_start_pct = 0;
  Training run(pack, market_of(moves, next_directions(moves)), 1);
  CHECK(std::isnan(run.learner.iterate().metrics.episode_return_mean));
  CHECK_FALSE(std::isnan(run.learner.iterate().metrics.episode_return_mean));
}

TEST_CASE("a learning rate far too high is called a divergence") {
  const auto moves = coin_moves(500, 4);
  Training run(small_pack(), market_of(moves, next_directions(moves)), 1);
  run.engine->set_learning_rate(1e6);
  std::optional<std::string> divergence;
  for (int i = 0; i < 3 && !divergence; ++i) divergence = run.learner.iterate().divergence;
  REQUIRE(divergence);
  CHECK(divergence->find("lower lr") != std::string::npos);
}

TEST_CASE("a KL above its budget is called a divergence with both numbers") {
  const auto moves = coin_moves(500, 4);
  Training run(small_pack(R"(, "kl_budget": 1e-9)"), market_of(moves, next_directions(moves)), 1);
  const auto divergence = run.learner.iterate().divergence;
  REQUIRE(divergence);
  CHECK(divergence->find("exceeded its budget of 1e-09") != std::string::npos);
}

TEST_CASE("probes are observations of the latest batch with the engine's logits") {
  const auto moves = coin_moves(500, 4);
  Training run(small_pack(), market_of(moves, next_directions(moves)), 1);
  run.learner.iterate();
  const auto probes = run.learner.probes(8);
  REQUIRE(probes.size() == 8);
  const policy::Forward forward(run.shape, run.engine->weights());
  policy::Forward::Scratch scratch;
  for (const auto& probe : probes) {
    std::vector<float> logits(3);
    forward.run(probe.observation, 1, logits, {}, scratch);
    for (std::size_t i = 0; i < 3; ++i) CHECK(std::abs(logits[i] - probe.logits[i]) < 1e-5);
  }
}
