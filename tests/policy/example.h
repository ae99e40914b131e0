#pragma once

#include "base/random.h"
#include "policy/checkpoint.h"
#include "policy/forward.h"

namespace ctt::policy {

inline std::vector<float> random_floats(std::size_t count, base::Random& random, double scale = 1) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(scale * random.normal());
  return values;
}

inline Contract example_contract() {
  Contract contract;
  contract.features = features::FeatureSet::parse(R"([{"type":"rsi"},{"type":"roc"}])");
  contract.window_size = 3;
  contract.symbol = "BTC/USD";
  contract.action_scheme = "TrailingStopBSH";
  contract.action_parameters = {{"stop_pct", 0.05}};
  contract.costs = {0.0005, 0.0001};
  contract.fill = "next_open";
  contract.network = {6, 3, {5, 4}, Activation::tanh, false};
  return contract;
}

/// A small policy with random weights and two probes.
inline Checkpoint example_checkpoint(std::uint64_t seed = 1) {
  base::Random random(seed);
  Checkpoint checkpoint;
  checkpoint.contract = example_contract();
  checkpoint.lineage.experiment_id = "exp-17";
  checkpoint.lineage.seed = 9007199254740993;  // not a double
  checkpoint.lineage.learning_rate = 1e-5;
  checkpoint.weights = random_floats(checkpoint.contract.network.parameter_count(), random, 0.5);
  const Forward forward(checkpoint.contract.network, checkpoint.weights);
  Forward::Scratch scratch;
  for (int p = 0; p < 2; ++p) {
    Probe probe{random_floats(6, random), std::vector<float>(3)};
    forward.run(probe.observation, 1, probe.logits, {}, scratch);
    checkpoint.probes.push_back(probe);
  }
  return checkpoint;
}

}  // namespace ctt::policy
