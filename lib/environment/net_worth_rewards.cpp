// Reward schemes that pay the course of the net worth: SimpleProfit, RiskAdjustedReturns,
// MaxDrawdownPenalty, AdaptiveProfitSeeker.
#include <algorithm>
#include <cmath>

#include "environment/reward_type.h"

namespace ctt::environment {

namespace {

using base::Range;

constexpr double kTiny = 1e-9;  // keeps quotients of returns apart from 0/0

// The return over window_size steps; over the episode's first net worth while there are fewer.
class SimpleProfit : public RewardRules {
 public:
  SimpleProfit(const RewardSchemeSpec& spec, double)
      : net_worths_(static_cast<std::size_t>(spec.parameters.at("window_size"))) {}

  void reset(double initial_net_worth) override {
    written_ = 0;
    first_ = initial_net_worth;
  }
  double reward(const StepFacts& facts, const StepStart& start) override {
    const std::size_t size = net_worths_.size();
    net_worths_[written_++ % size] = start.net_worth;
    const double before = written_ < size ? first_ : net_worths_[written_ % size];
    return facts.net_worth / before - 1;
  }

 private:
  std::vector<double> net_worths_;  // a ring of those before each step
  std::size_t written_ = 0;
  double first_ = 0;
};

// The mean of the returns so far, at most window_size of them, over their population standard deviation.
// One return alone has none, so the quotient is large then (1 without a return). sortino divides by the
// root of the mean of squared returns below target_returns.
class RiskAdjustedReturns : public RewardRules {
 public:
  RiskAdjustedReturns(const RewardSchemeSpec& spec, double)
      : sortino_(spec.return_algorithm == "sortino"),
        risk_free_(spec.parameters.at("risk_free_rate")),
        target_(spec.parameters.at("target_returns")),
        returns_(static_cast<std::size_t>(spec.parameters.at("window_size"))) {}

  void reset(double) override { written_ = 0; }
  double reward(const StepFacts& facts, const StepStart& start) override {
    returns_[written_++ % returns_.size()] = facts.net_worth / start.net_worth - 1;
    const std::span<const double> known(returns_.data(), std::min(written_, returns_.size()));
    const auto n = static_cast<double>(known.size());
    double mean = 0;
    for (const double r : known) mean += r;
    mean /= n;
    double squares = 0;
    for (const double r : known) {
      squares += sortino_ ? (r < target_ ? r * r : 0) : (r - mean) * (r - mean);
    }
    return (mean - risk_free_ + kTiny) / (std::sqrt(squares / n) + kTiny);
  }

 private:
  bool sortino_;
  double risk_free_, target_;
  std::vector<double> returns_;  // a ring
  std::size_t written_ = 0;
};

// The change of the net worth, less penalty_weight x the deepening of the drawdown. Counts from the first net
// worth it sees: the first step gives 0, and W_0 is the net worth after it.
class MaxDrawdownPenalty : public RewardRules {
 public:
  MaxDrawdownPenalty(const RewardSchemeSpec& spec, double)
      : penalty_weight_(spec.parameters.at("penalty_weight")) {}

  void reset(double) override { drawdown_ = 0; }
  double reward(const StepFacts& facts, const StepStart& start) override {
    if (start.step == 0) {
      first_ = peak_ = facts.net_worth;
      return 0;
    }
    peak_ = std::max(peak_, facts.net_worth);
    const double drawdown = (peak_ - facts.net_worth) / peak_;
    const double deepening = std::max(0.0, drawdown - drawdown_);
    drawdown_ = drawdown;
    return (facts.net_worth - start.net_worth) / first_ - penalty_weight_ * deepening;
  }

 private:
  double penalty_weight_;
  double first_ = 0, peak_ = 0, drawdown_ = 0;
};

// The return of the step, and a bonus for what is invested. The first step gives 0.
class AdaptiveProfitSeeker : public RewardRules {
 public:
  AdaptiveProfitSeeker(const RewardSchemeSpec& spec, double)
      : participation_bonus_(spec.parameters.at("participation_bonus")) {}

  double reward(const StepFacts& facts, const StepStart& start) override {
    if (start.step == 0) return 0;
    return facts.net_worth / start.net_worth - 1 + participation_bonus_ * facts.invested;
  }

 private:
  double participation_bonus_;
};

}  // namespace

std::vector<RewardType> net_worth_reward_types() {
  return {
      {.name = "SimpleProfit",
       .parameters = {{"window_size", 1, Range::whole(1, 100000)}},
       .start = start<SimpleProfit>},
      {.name = "RiskAdjustedReturns",
       .parameters = {{"window_size", 12, Range::whole(2, 100000)},
                      {"risk_free_rate", 0, Range::from(-1, 1)},
                      {"target_returns", 0, Range::from(-1, 1)}},
       .return_algorithms = {"sharpe", "sortino"},
       .start = start<RiskAdjustedReturns>},
      {.name = "MaxDrawdownPenalty",
       .parameters = {{"penalty_weight", 2, Range::from(0, 1000)}},
       .start = start<MaxDrawdownPenalty>},
      {.name = "AdaptiveProfitSeeker",
       .parameters = {{"participation_bonus", 0.0002, Range::from(0, 1)}},
       .start = start<AdaptiveProfitSeeker>},
  };
}

}  // namespace ctt::environment
