#pragma once

#include "base/random.h"
#include "learning/fast_updater.h"
#include "learning/runtime.h"
#include "learning/torch/autograd_updater.h"

namespace ctt::learning {

/// The engines as types, for tests that both must pass (TEST_CASE_TEMPLATE).
struct Autograd {
  static std::unique_ptr<Updater> make(const policy::NetworkShape& shape, const training::Ppo& ppo) {
    prepare_process();
    return make_autograd_updater(shape, ppo);
  }
};
struct Fast {
  static std::unique_ptr<Updater> make(const policy::NetworkShape& shape, const training::Ppo& ppo) {
    prepare_process();
    static base::Workers workers(2, prepare_thread);
    return make_fast_updater(shape, ppo, workers);
  }
};

/// A learner that has both.
inline std::unique_ptr<Updater> either_engine(const training::Compute& compute,
                                              const policy::NetworkShape& shape, const training::Ppo& ppo,
                                              base::Workers& workers) {
  return compute.engine == training::Engine::fast ? fast_engine(compute, shape, ppo, workers)
                                                  : autograd_engine(compute, shape, ppo, workers);
}

/// A batch whose observations are `observations` [rows x columns] as they stand.
inline Batch batch_of(std::vector<float> observations, std::size_t actions, std::vector<int> taken,
                      std::vector<float> logits, std::vector<float> advantages, std::vector<float> targets) {
  auto market = std::make_shared<environment::MarketData>();
  market->columns = observations.size() / taken.size();
  market->features = std::move(observations);
  Batch batch;
  batch.market = market;
  batch.actions = actions;
  for (std::size_t row = 0; row < taken.size(); ++row)
    batch.market_rows.push_back(static_cast<std::uint32_t>(row));
  batch.taken = std::move(taken);
  batch.logits = std::move(logits);
  batch.advantages = std::move(advantages);
  batch.targets = std::move(targets);
  return batch;
}

/// A batch of standard normal numbers.
inline Batch random_batch(std::size_t rows, std::size_t inputs, std::size_t actions, std::uint64_t seed) {
  base::Random random(seed);
  const auto normal = [&](std::size_t count) {
    std::vector<float> numbers(count);
    for (float& x : numbers) x = static_cast<float>(random.normal());
    return numbers;
  };
  std::vector<int> taken(rows);
  for (int& action : taken) action = static_cast<int>(random.below(actions));
  return batch_of(normal(rows * inputs), actions, taken, normal(rows * actions), normal(rows), normal(rows));
}

}  // namespace ctt::learning
