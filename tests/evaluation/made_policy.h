#pragma once

#include "evaluation/backtest.h"

namespace ctt::evaluation {

// A policy of one linear layer without inputs that matter: its biases make it always choose `action`.
inline policy::Policy always(int action) {
  policy::Checkpoint checkpoint;
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
  return {checkpoint, "none"};
}

// Closes 100, 100 factor, 100 factor^2, ..., an hour each.
inline std::shared_ptr<const environment::MarketData> moving(std::size_t bars, double factor) {
  std::vector<market::Candle> candles;
  double price = 100;
  for (std::size_t i = 0; i < bars; ++i, price *= factor)
    candles.push_back({base::Seconds(std::chrono::hours(i)), price, price, price, price, 1});
  return environment::MarketData::make(
      features::FeatureSet::parse(R"([{"type":"returns","periods":[1],"normalize":"none"}])"), candles, 1, 1);
}

// Closes 100, 110, 121, ...: up a tenth each hour.
inline std::shared_ptr<const environment::MarketData> rising(std::size_t bars) { return moving(bars, 1.1); }

}  // namespace ctt::evaluation
