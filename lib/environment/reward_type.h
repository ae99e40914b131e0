#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/parameter.h"
#include "environment/polymorphic.h"
#include "environment/settings.h"

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

/// Where the episode stood before the step.
struct StepStart {
  std::size_t step = 0;  ///< 0: the first of the episode
  double net_worth = 0;  ///< at close[i]; at first the initial cash
  double invested = 0;   ///< fraction of the net worth in the asset, at close[i]
};

/// One reward scheme at work: its parameters, its memory and its rule.
class RewardRules {
 public:
  virtual ~RewardRules() = default;
  /// An episode begins; nothing is allocated.
  virtual void reset(double initial_net_worth);
  virtual double reward(const StepFacts& facts, const StepStart& start) = 0;
};

/// A kind of reward scheme: everything there is to know about it stands in this one place.
struct RewardType {
  std::string_view name;
  std::vector<base::NumberParameter> parameters{};
  std::vector<std::string_view> return_algorithms{};  ///< of schemes that have the choice; first the default
  /// Of a complete spec and what a trade takes of its value, commission and half spread.
  Polymorphic<RewardRules> (*start)(const RewardSchemeSpec& spec, double side_cost);
};

/// `Rules` made from its spec and the cost of a side: what types put in `start`.
template <class Rules>
Polymorphic<RewardRules> start(const RewardSchemeSpec& spec, double side_cost) {
  return Polymorphic<RewardRules>::of(Rules(spec, side_cost));
}

/// The types, by family.
std::vector<RewardType> position_reward_types();   ///< pay the price's course while the asset is held
std::vector<RewardType> net_worth_reward_types();  ///< pay the course of the net worth

/// All of them, in the order of the catalogue.
const std::vector<RewardType>& reward_types();

}  // namespace ctt::environment
