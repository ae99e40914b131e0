#include "environment/reward_scheme.h"

#include "environment/scheme_catalogue.h"

namespace ctt::environment {

namespace {

Polymorphic<RewardRules> started(const RewardSchemeSpec& spec, double side_cost) {
  const auto complete = RewardSchemeSpec::parse(spec.name, spec.parameters, spec.return_algorithm);
  return reward_type(spec.name).start(complete, side_cost);
}

}  // namespace

void RewardRules::reset(double) {}

RewardScheme::RewardScheme(const RewardSchemeSpec& spec, double side_cost)
    : rules_(started(spec, side_cost)) {}

void RewardScheme::reset(double initial_net_worth) {
  start_ = {.net_worth = initial_net_worth};
  rules_->reset(initial_net_worth);
}

double RewardScheme::reward(const StepFacts& facts) {
  const double out = rules_->reward(facts, start_);
  start_ = {.step = start_.step + 1, .net_worth = facts.net_worth, .invested = facts.invested};
  return out;
}

}  // namespace ctt::environment
