#pragma once

#include "environment/reward_type.h"
#include "environment/settings.h"

namespace ctt::environment {

/// Turns each step into a number. A value type: a copy goes on by itself. Nothing is allocated after
/// construction.
///
/// The rule of each scheme stands in position_rewards.cpp and net_worth_rewards.cpp. Where a formula leaves
/// room, the reference traces decided. An executed trade is one that changed the account.
class RewardScheme {
 public:
  /// `side_cost` is what a trade takes of its value (`Costs::side`). Throws Error(usage) for a spec that
  /// RewardSchemeSpec::parse would refuse.
  RewardScheme(const RewardSchemeSpec& spec, double side_cost);

  void reset(double initial_net_worth);
  double reward(const StepFacts& facts);

 private:
  Polymorphic<RewardRules> rules_;
  StepStart start_;
};

}  // namespace ctt::environment
