// Reward schemes that pay the price's course while the asset is held: ReturnPBR, PBR, AdvancedPBR,
// FractionalPBR. None knows a price before its first bar: the first step of an episode has a difference of 0,
// and its trade costs all the same.
#include <algorithm>
#include <cmath>

#include "environment/reward_type.h"

namespace ctt::environment {

namespace {

using base::Range;

constexpr double kFractionNoise = 0.001;  // FractionalPBR: changes up to this cost nothing

double clipped(double reward, double limit) { return limit > 0 ? std::clamp(reward, -limit, limit) : reward; }

// What a trade costs, in a unit of the reward: the cost of a side as a multiple, and a surcharge when the trade
// before lies at most churn_window steps back.
class TradeCosts {
 public:
  TradeCosts(const RewardSchemeSpec& spec, double side_cost)
      : side_cost_(side_cost),
        multiplier_(spec.parameters.at("trade_penalty_multiplier")),
        churn_multiplier_(spec.parameters.at("churn_penalty_multiplier")),
        churn_window_(static_cast<std::size_t>(spec.parameters.at("churn_window"))) {}

  void reset() { last_trade_ = 0; }
  /// Of a trade at `step`, which is the last one from now on.
  double take(std::size_t step, double unit) {
    const bool churn = last_trade_ > 0 && step + 1 - last_trade_ <= churn_window_;
    last_trade_ = step + 1;
    return unit * side_cost_ * (multiplier_ + (churn ? churn_multiplier_ : 0));
  }

 private:
  double side_cost_, multiplier_, churn_multiplier_;
  std::size_t churn_window_;
  std::size_t last_trade_ = 0;  // its step + 1; 0: none yet
};

// A difference of the price while any asset is held, less the costs of a trade.
class PositionBased : public RewardRules {
 public:
  PositionBased(const RewardSchemeSpec& spec, double side_cost)
      : costs_(spec, side_cost),
        hold_bonus_(spec.parameters.at("hold_bonus")),
        clip_(spec.parameters.at("reward_clip")) {}

  void reset(double) override { costs_.reset(); }

 protected:
  double reward_of(double difference, double unit, const StepFacts& facts, const StepStart& start) {
    const double moved = facts.holding && start.step > 0 ? difference : 0;
    return clipped(moved + (facts.traded ? -costs_.take(start.step, unit) : hold_bonus_), clip_);
  }

 private:
  TradeCosts costs_;
  double hold_bonus_, clip_;
};

class ReturnPbr : public PositionBased {
 public:
  using PositionBased::PositionBased;
  double reward(const StepFacts& facts, const StepStart& start) override {
    return reward_of(facts.holding ? std::log(facts.next_close / facts.close) : 0, 1, facts, start);
  }
};

class Pbr : public PositionBased {
 public:
  using PositionBased::PositionBased;
  double reward(const StepFacts& facts, const StepStart& start) override {
    return reward_of(facts.next_close - facts.close, facts.next_close, facts, start);
  }
};

// Weighs only the price difference with pbr_weight and clips the whole sum. The hold bonus is for the action
// 0 alone (a sale without a position is no hold), in a quiet market, and not at the first step.
class AdvancedPbr : public RewardRules {
 public:
  AdvancedPbr(const RewardSchemeSpec& spec, double side_cost)
      : costs_(spec, side_cost),
        pbr_weight_(spec.parameters.at("pbr_weight")),
        trade_penalty_(spec.parameters.at("trade_penalty")),
        hold_bonus_(spec.parameters.at("hold_bonus")),
        quiet_below_(spec.parameters.at("volatility_threshold")),
        clip_(spec.parameters.at("reward_clip")) {}

  void reset(double) override { costs_.reset(); }
  double reward(const StepFacts& facts, const StepStart& start) override {
    const double change = facts.next_close - facts.close;
    double sum = facts.holding && start.step > 0 ? pbr_weight_ * change : 0;
    if (facts.traded) {
      sum += trade_penalty_ - costs_.take(start.step, facts.next_close);
    } else if (facts.held && start.step > 0 && std::abs(change) / facts.close < quiet_below_) {
      sum += hold_bonus_;
    }
    return clipped(sum, clip_);
  }

 private:
  TradeCosts costs_;
  double pbr_weight_, trade_penalty_, hold_bonus_, quiet_below_, clip_;
};

// Weighs the difference with the fraction in the asset. Fractions are those at the close after the step, so
// they drift with the price.
class FractionalPbr : public RewardRules {
 public:
  FractionalPbr(const RewardSchemeSpec&, double side_cost) : side_cost_(side_cost) {}

  double reward(const StepFacts& facts, const StepStart& start) override {
    const double moved = start.step > 0 ? (facts.next_close - facts.close) * start.invested : 0;
    const double turnover = std::abs(facts.invested - start.invested);
    return moved - (turnover > kFractionNoise ? turnover * facts.next_close * side_cost_ : 0);
  }

 private:
  double side_cost_;
};

}  // namespace

std::vector<RewardType> position_reward_types() {
  return {
      {.name = "ReturnPBR",
       .parameters = {{"trade_penalty_multiplier", 1, Range::from(0, 1000)},
                      {"churn_penalty_multiplier", 0, Range::from(0, 1000)},
                      {"churn_window", 4, Range::whole(0, kStepsMax)},
                      {"hold_bonus", 0, Range::from(-1, 1)},
                      {"reward_clip", 0, Range::from(0, 1000)}},
       .start = start<ReturnPbr>},
      {.name = "PBR",
       .parameters = {{"trade_penalty_multiplier", 1, Range::from(0, 1000)},
                      {"churn_penalty_multiplier", 0.75, Range::from(0, 1000)},
                      {"churn_window", 4, Range::whole(0, kStepsMax)},
                      {"hold_bonus", 0, Range::from(-1e6, 1e6)},
                      {"reward_clip", 0, Range::from(0, 1e12)}},
       .start = start<Pbr>},
      {.name = "AdvancedPBR",
       .parameters = {{"pbr_weight", 1, Range::from(0, 1000)},
                      {"trade_penalty", -0.001, Range::from(-1e6, 0)},
                      {"hold_bonus", 0.0001, Range::from(-1e6, 1e6)},
                      {"volatility_threshold", 0.001, Range::from(0, 1)},
                      {"trade_penalty_multiplier", 1, Range::from(0, 1000)},
                      {"churn_penalty_multiplier", 0.75, Range::from(0, 1000)},
                      {"churn_window", 4, Range::whole(0, kStepsMax)},
                      {"reward_clip", 0, Range::from(0, 1e12)}},
       .start = start<AdvancedPbr>},
      {.name = "FractionalPBR", .start = start<FractionalPbr>},
  };
}

}  // namespace ctt::environment
