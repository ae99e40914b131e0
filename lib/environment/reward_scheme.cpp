#include "environment/reward_scheme.h"

#include <algorithm>
#include <cmath>

namespace ctt::environment {

namespace {

constexpr double kTiny = 1e-9;            // keeps quotients of returns apart from 0/0
constexpr double kFractionNoise = 0.001;  // FractionalPBR: changes up to this cost nothing

}  // namespace

RewardScheme::RewardScheme(const RewardSchemeSpec& spec, double commission_fraction)
    : kind_(static_cast<RewardKind>(find_scheme(reward_schemes(), spec.name, "reward scheme"))),
      commission_(commission_fraction) {
  const auto complete = RewardSchemeSpec::parse(spec.name, spec.parameters, spec.return_algorithm);
  const auto value = [&](const char* key, double otherwise) {
    const auto found = complete.parameters.find(key);
    return found == complete.parameters.end() ? otherwise : found->second;
  };
  sortino_ = complete.return_algorithm == "sortino";
  trade_multiplier_ = value("trade_penalty_multiplier", 0);
  churn_multiplier_ = value("churn_penalty_multiplier", 0);
  churn_window_ = static_cast<std::size_t>(value("churn_window", 0));
  hold_bonus_ = value("hold_bonus", 0);
  clip_ = value("reward_clip", 0);
  weight_ = value("pbr_weight", value("penalty_weight", value("participation_bonus", 1)));
  trade_penalty_ = value("trade_penalty", 0);
  flat_below_ = value("volatility_threshold", 0);
  risk_free_ = value("risk_free_rate", 0);
  target_ = value("target_returns", 0);
  ring_.resize(static_cast<std::size_t>(value("window_size", 0)));
}

void RewardScheme::reset(double initial_net_worth) {
  step_ = last_trade_ = written_ = 0;
  net_worth_ = first_net_worth_ = peak_ = initial_net_worth;
  drawdown_ = invested_ = 0;
}

double RewardScheme::reward(const StepFacts& facts) {
  double out = 0;
  switch (kind_) {
    case RewardKind::return_pbr:
      out = position_based(facts, facts.holding ? std::log(facts.next_close / facts.close) : 0, 1);
      break;
    case RewardKind::pbr:
      out = position_based(facts, facts.next_close - facts.close, facts.next_close);
      break;
    case RewardKind::advanced_pbr:
      out = advanced(facts);
      break;
    case RewardKind::fractional_pbr:
      out = fractional(facts);
      break;
    case RewardKind::simple_profit:
      out = simple_profit(facts.net_worth);
      break;
    case RewardKind::risk_adjusted_returns:
      out = risk_adjusted(facts.net_worth);
      break;
    case RewardKind::max_drawdown_penalty:
      out = drawdown_penalty(facts.net_worth);
      break;
    case RewardKind::adaptive_profit_seeker:
      out = participation(facts);
      break;
  }
  net_worth_ = facts.net_worth;
  invested_ = facts.invested;
  if (facts.traded) last_trade_ = step_ + 1;
  ++step_;
  return out;
}

// Commission of the trade of this step in the unit of the reward, and the surcharge for churn.
double RewardScheme::trade_costs(double unit) {
  const bool churn = last_trade_ > 0 && step_ + 1 - last_trade_ <= churn_window_;
  return unit * commission_ * (trade_multiplier_ + (churn ? churn_multiplier_ : 0));
}

double RewardScheme::clipped(double reward) const {
  return clip_ > 0 ? std::clamp(reward, -clip_, clip_) : reward;
}

double RewardScheme::position_based(const StepFacts& facts, double difference, double unit) {
  const double moved = facts.holding && step_ > 0 ? difference : 0;
  return clipped(moved + (facts.traded ? -trade_costs(unit) : hold_bonus_));
}

double RewardScheme::advanced(const StepFacts& facts) {
  const double change = facts.next_close - facts.close;
  double sum = facts.holding && step_ > 0 ? weight_ * change : 0;
  if (facts.traded) {
    sum += trade_penalty_ - trade_costs(facts.next_close);
  } else if (facts.held && step_ > 0 && std::abs(change) / facts.close < flat_below_) {
    sum += hold_bonus_;
  }
  return clipped(sum);
}

double RewardScheme::fractional(const StepFacts& facts) {
  const double moved = step_ > 0 ? (facts.next_close - facts.close) * invested_ : 0;
  const double turnover = std::abs(facts.invested - invested_);
  return moved - (turnover > kFractionNoise ? turnover * facts.next_close * commission_ : 0);
}

// The ring holds the net worths before this step; until it is full the episode's first one counts.
double RewardScheme::simple_profit(double net_worth) {
  const std::size_t slot = written_++ % ring_.size();
  ring_[slot] = net_worth_;
  const double before = written_ < ring_.size() ? first_net_worth_ : ring_[written_ % ring_.size()];
  return net_worth / before - 1;
}

double RewardScheme::risk_adjusted(double net_worth) {
  ring_[written_++ % ring_.size()] = net_worth / net_worth_ - 1;
  const std::size_t count = std::min(written_, ring_.size());
  const auto n = static_cast<double>(count);
  double mean = 0;
  for (std::size_t k = 0; k < count; ++k) mean += ring_[k];
  mean /= n;
  double squares = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const double r = ring_[k];
    squares += sortino_ ? (r < target_ ? r * r : 0) : (r - mean) * (r - mean);
  }
  return (mean - risk_free_ + kTiny) / (std::sqrt(squares / n) + kTiny);
}

double RewardScheme::drawdown_penalty(double net_worth) {
  if (step_ == 0) {
    first_net_worth_ = peak_ = net_worth;
    return 0;
  }
  peak_ = std::max(peak_, net_worth);
  const double drawdown = (peak_ - net_worth) / peak_;
  const double deepening = std::max(0.0, drawdown - drawdown_);
  drawdown_ = drawdown;
  return (net_worth - net_worth_) / first_net_worth_ - weight_ * deepening;
}

double RewardScheme::participation(const StepFacts& facts) {
  if (step_ == 0) return 0;
  return facts.net_worth / net_worth_ - 1 + weight_ * facts.invested;
}

}  // namespace ctt::environment
