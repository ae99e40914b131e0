#include "policies.h"

namespace ctt::evaluation {

policy::Checkpoint always(int action) {
  policy::Checkpoint checkpoint;
  checkpoint.lineage.seed = 5;
  checkpoint.lineage.data_seen_until = "1970-01-01T00:00:00Z";
  auto& contract = checkpoint.contract;
  contract.features = features::FeatureSet::parse(R"([{"type":"returns","periods":[1],"normalize":"none"}])");
  contract.window_size = 1;
  contract.network = {
      .inputs = 1, .actions = 3, .hidden = {1}, .activation = policy::Activation::tanh, .shared = false};
  contract.symbol = "BTC/USD";
  contract.action_scheme = "BSH";
  contract.costs.commission = 0.01;
  contract.fill = "close";
  for (const auto& parameter : contract.network.parameters()) {
    const bool logits = parameter.name == "policy.logits.bias";
    for (std::size_t i = 0; i < parameter.size(); ++i)
      checkpoint.weights.push_back(logits && static_cast<int>(i) == action ? 1.0F : 0.0F);
  }
  return checkpoint;
}

std::shared_ptr<const policy::Policy> policy_of(const policy::Checkpoint& checkpoint) {
  return std::make_shared<const policy::Policy>(checkpoint, "none");
}

market::Window window_of(const std::vector<double>& prices) {
  market::Window window;
  window.series.symbol = "BTC/USD";
  window.warm_up = 1;
  for (std::size_t i = 0; i < prices.size(); ++i)
    window.series.candles.push_back({row(i), prices[i], prices[i], prices[i], prices[i], 1});
  return window;
}

base::Seconds row(std::size_t i) {
  static const auto first =
      std::chrono::floor<std::chrono::seconds>(base::parse_time("2026-01-01T00:00:00Z"));
  return first + std::chrono::hours(i);
}

}  // namespace ctt::evaluation
