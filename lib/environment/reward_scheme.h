#pragma once

#include "environment/scheme_catalogue.h"
#include "environment/settings.h"

#include <cstddef>
#include <vector>

namespace ctt::environment {

/// What happened between two closes, as a reward scheme sees it.
struct StepFacts {
  double close = 0;       ///< close[i]
  double next_close = 0;  ///< close[i+1]
  double net_worth = 0;   ///< at close[i+1]
  double invested = 0;    ///< fraction of the net worth in the asset, at close[i+1]
  bool holding = false;   ///< asset is held after the action
  bool traded = false;    ///< an order was carried out
  bool held = false;      ///< the action after the scheme's own rules was 0
};

/// Turns each step into a number. A value type without virtual calls; nothing is allocated after
/// construction.
///
/// Where a formula leaves room, the reference traces decided:
/// - PBR, ReturnPBR, AdvancedPBR and FractionalPBR know no price before their first bar: the first
///   step of an episode has a difference of 0 (its trade is penalised all the same).
/// - MaxDrawdownPenalty and AdaptiveProfitSeeker start counting at the first net worth they see:
///   the first step gives 0, and W_0 is the net worth after it.
/// - x is 1 while any asset is held, else 0. An executed trade is one that changed the account.
/// - churn_window counts steps: a trade at step s and one at step t are churn when t - s <= churn_window.
/// - AdvancedPBR weighs only the price difference with pbr_weight, clips the whole sum, and gives
///   its hold bonus only for the action 0 (a sale without a position is no hold), not at the first step.
/// - FractionalPBR reads fractions at the close after the step, so they drift with the price;
///   a change of at most 0.001 costs nothing.
/// - RiskAdjustedReturns uses the population standard deviation of the returns there are so far, at
///   most `window_size`; one return alone has none, so the quotient is large then (1 without a return).
///   sortino divides by the root of the mean of squared returns below target_returns.
/// - SimpleProfit looks back to the episode's first net worth while there are fewer than window_size.
class RewardScheme {
 public:
  /// Throws Error(usage) for a spec that RewardSchemeSpec::parse would refuse.
  RewardScheme(const RewardSchemeSpec& spec, double commission_fraction);

  void reset(double initial_net_worth);
  double reward(const StepFacts& facts);

 private:
  double simple_profit(double net_worth);
  double risk_adjusted(double net_worth);
  double position_based(const StepFacts& facts, double difference, double unit);
  double advanced(const StepFacts& facts);
  double fractional(const StepFacts& facts);
  double drawdown_penalty(double net_worth);
  double participation(const StepFacts& facts);
  double trade_costs(double unit);
  double clipped(double reward) const;

  RewardKind kind_;
  bool sortino_ = false;
  double commission_;
  double trade_multiplier_ = 0, churn_multiplier_ = 0, hold_bonus_ = 0, clip_ = 0;
  double weight_ = 1;  // pbr_weight, penalty_weight, participation_bonus
  double trade_penalty_ = 0;
  double flat_below_ = 0;  // volatility_threshold
  double risk_free_ = 0, target_ = 0;
  std::size_t churn_window_ = 0;

  std::size_t step_ = 0;        // 0: the first of the episode
  std::size_t last_trade_ = 0;  // its step + 1; 0: none yet
  double net_worth_ = 0;        // before the step
  double first_net_worth_ = 0;
  double peak_ = 0, drawdown_ = 0;
  double invested_ = 0;       // before the step
  std::vector<double> ring_;  // SimpleProfit: net worths; RiskAdjustedReturns: returns
  std::size_t written_ = 0;
};

}  // namespace ctt::environment
