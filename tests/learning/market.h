#pragma once

#include <memory>

#include "base/random.h"
#include "environment/episode.h"
#include "learning/fast_updater.h"
#include "learning/initial_weights.h"
#include "learning/learner.h"
#include "learning/runtime.h"
#include "learning/torch/autograd_updater.h"
#include "policy/forward.h"
#include "training/compute.h"

namespace ctt::learning {

/// A market of hourly bars that move by `moves`, each shown beside `hints` as the only feature.
inline std::shared_ptr<environment::MarketData> market_of(const std::vector<double>& moves,
                                                          const std::vector<float>& hints) {
  auto data = std::make_shared<environment::MarketData>();
  data->columns = 1;
  data->features = hints;
  double price = 100;
  for (std::size_t i = 0; i < moves.size(); ++i) {
    const double open = price;
    price *= std::exp(moves[i]);
    const base::Seconds time{std::chrono::hours(i)};
    data->candles.push_back({time, open, std::max(open, price), std::min(open, price), price, 1});
  }
  return data;
}

/// Bars that move 1 % up or down at random, as many ups as downs.
inline std::vector<double> coin_moves(std::size_t count, std::uint64_t seed) {
  std::vector<double> moves(count);
  for (std::size_t i = 0; i < count; ++i) moves[i] = i % 2 == 0 ? 0.01 : -0.01;
  base::Random random(seed);
  for (std::size_t i = count; i > 1; --i) std::swap(moves[i - 1], moves[random.below(i)]);
  return moves;
}

/// Beside each bar the direction of the next one: a market that tells.
inline std::vector<float> next_directions(const std::vector<double>& moves) {
  std::vector<float> hints(moves.size());
  for (std::size_t i = 0; i + 1 < moves.size(); ++i) hints[i] = moves[i + 1] > 0 ? 1 : -1;
  return hints;
}

/// A pack that learns such a signal within some iterations.
inline training::Pack small_pack(const std::string& more = "") {
  return training::Pack::parse(
      R"({"lr": 0.003, "gamma": 0.5, "train_batch_size": 1024, "sgd_minibatch_size": 128,
    "num_sgd_iter": 4, "num_envs": 16, "model": {"fcnet_hiddens": [16]}, "fill": "close",
    "window_size": 1, "max_episode_steps": 64, "random_start_pct": 0.9)" +
          more + "}",
      "small");
}

/// A learner with its engine, begun from `seed`.
struct Training {
  base::Workers workers{2, prepare_thread};
  policy::NetworkShape shape;
  std::unique_ptr<Updater> engine;
  Learner learner;

  Training(const training::Pack& pack, const std::shared_ptr<environment::MarketData>& data,
           std::uint64_t seed, training::Engine kind = training::Engine::fast)
      : shape(pack.network(data->columns)),
        engine(kind == training::Engine::fast ? make_fast_updater(shape, pack.ppo, workers)
                                              : make_autograd_updater(shape, pack.ppo)),
        learner(pack, data, seed, pack.ppo.kl_coeff, loaded(*engine, shape, seed), shape, workers) {}

  Training(const training::Pack& pack, const std::shared_ptr<environment::MarketData>& data,
           std::uint64_t seed, Multiply products)
      : shape(pack.network(data->columns)),
        engine(make_fast_updater(shape, pack.ppo, workers, products)),
        learner(pack, data, seed, pack.ppo.kl_coeff, loaded(*engine, shape, seed), shape, workers) {}

  static Updater& loaded(Updater& engine, const policy::NetworkShape& shape, std::uint64_t seed) {
    engine.load(initial_weights(shape, seed));
    return engine;
  }

  /// Net worth at the end of `data`, acting on the highest logit from the first bar on.
  double final_net_worth(const std::shared_ptr<environment::MarketData>& data,
                         const training::Pack& pack) const {
    auto settings = pack.environment;
    settings.max_episode_steps = 0;
    settings.max_allowed_loss = 1;
    environment::Episode episode(data, settings);
    const policy::Forward forward(shape, engine->weights());
    policy::Forward::Scratch scratch;
    std::vector<float> observation(shape.inputs), logits(shape.actions);
    double net_worth = settings.initial_cash;
    while (!episode.done()) {
      episode.observe(observation);
      forward.run(observation, 1, logits, {}, scratch);
      net_worth = episode.step(static_cast<int>(std::ranges::max_element(logits) - logits.begin())).net_worth;
    }
    return net_worth;
  }
};

}  // namespace ctt::learning
