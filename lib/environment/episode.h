#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "environment/action_scheme.h"
#include "environment/market_data.h"

namespace ctt::environment {

/// One environment, stepped by hand: `ctt simulate`, backtests and tests.
/// A step at row i carries the action out (at close[i] or open[i+1]), then bar i+1 arrives.
class Episode {
 public:
  struct Step {
    double reward = 0;
    double net_worth = 0;  ///< at close[i+1]
    double quantity = 0;   ///< asset held
    Trade trade;           ///< Side::none when nothing was traded
    bool terminated = false;
    bool truncated = false;
  };

  /// Starts at row `start` (default: the first row whose window is full).
  Episode(std::shared_ptr<const MarketData> data, const Settings& settings, std::optional<std::size_t> start = std::nullopt);
  ~Episode();

  std::size_t row() const;  ///< the bar that is acted on next
  bool done() const;
  void observe(std::span<float> out) const;
  Step step(int action);
  const Account& account() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ctt::environment
