#pragma once

#include "environment/action_scheme.h"
#include "environment/market_data.h"
#include "environment/reward_scheme.h"

#include <cstddef>

namespace ctt::environment {

/// What an episode came to.
struct EpisodeStats {
  double reward_sum = 0;
  double net_worth = 0;  ///< at the last close
  double pnl = 0;        ///< net worth - initial cash
  std::size_t steps = 0;
  std::size_t trades = 0, buys = 0, sells = 0;  ///< carried out, forced ones included
  std::size_t holds = 0;                        ///< steps without a trade
};

/// What a step came to.
struct StepResult {
  double reward = 0;
  double net_worth = 0;     ///< at close[i+1]
  double quantity = 0;      ///< asset held
  Trade trade;              ///< Side::none when nothing was traded
  int action = 0;           ///< the action after the scheme's own rules
  bool forced = false;      ///< the scheme acted against the policy's action
  bool terminated = false;  ///< the loss limit was passed
  bool truncated = false;   ///< step limit or end of data, and not terminated
};

/// The one definition of a step, shared by Episode and VectorEnvironment.
///
/// Step at row i: the scheme decides at close[i]; the order is carried out at close[i] or open[i+1];
/// bar i+1 arrives; net worth and reward use close[i+1]. It exists only while row i+1 exists.
/// Plain values: copying one copies the episode. The market data must outlive it.
class EpisodeCore {
 public:
  /// `settings` are validated by the caller.
  EpisodeCore(const MarketData& data, const EpisodeSettings& settings);

  /// Starts an episode at `row`, of which row + 1 must exist.
  void start(std::size_t row);
  /// Throws Error(data_blocked) should the prices ever give a reward beyond 1e30.
  StepResult step(int action);

  std::size_t row() const { return row_; }  ///< the bar that is acted on next
  double close() const { return data_->candles[row_].close; }
  const Account& account() const { return account_; }
  const EpisodeStats& stats() const { return stats_; }

 private:
  void count(const StepResult& result);

  const MarketData* data_;
  Fill fill_;
  std::size_t max_steps_;
  double lowest_net_worth_;  // below it the loss limit is passed
  Account account_;
  ActionScheme actions_;
  RewardScheme rewards_;
  std::size_t row_ = 0;
  EpisodeStats stats_;
};

}  // namespace ctt::environment
