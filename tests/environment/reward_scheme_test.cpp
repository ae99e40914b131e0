#include "environment/reward_scheme.h"

using namespace ctt::environment;
using doctest::Approx;

namespace {

constexpr double kCommission = 0.01;

RewardScheme scheme(std::string_view name, const std::map<std::string, double>& parameters = {},
                    std::string_view algorithm = "sharpe") {
  RewardScheme out(RewardSchemeSpec::parse(name, parameters, algorithm), kCommission);
  out.reset(1000);
  return out;
}

/// Lets the first step of an episode, which has no price difference, pass: flat, 100 to 100.
RewardScheme after_first_step(RewardScheme rewards) {
  rewards.reward({.close = 100, .next_close = 100, .net_worth = 1000, .held = true});
  return rewards;
}

StepFacts worth(double net_worth) { return {.close = 100, .next_close = 100, .net_worth = net_worth}; }

StepFacts move(double from, double to, bool holding, bool traded) {
  return {.close = from,
          .next_close = to,
          .net_worth = 1000,
          .holding = holding,
          .traded = traded,
          .held = !traded};
}

}  // namespace

TEST_CASE("SimpleProfit is the return over window_size steps, or over what there is") {
  auto rewards = scheme("SimpleProfit", {{"window_size", 2}});
  CHECK(rewards.reward(worth(1100)) == Approx(0.1));
  CHECK(rewards.reward(worth(1200)) == Approx(0.2));
  CHECK(rewards.reward(worth(1320)) == Approx(0.2));  // 1320 / 1100
  CHECK(rewards.reward(worth(1200)) == Approx(0.0));  // 1200 / 1200
}

TEST_CASE("a copy of a reward scheme goes on by itself") {
  auto rewards = scheme("SimpleProfit", {{"window_size", 2}});
  rewards.reward(worth(1100));
  auto copy = rewards;
  rewards.reward(worth(1200));
  CHECK(rewards.reward(worth(1320)) == Approx(0.2));
  CHECK(copy.reward(worth(1200)) == Approx(0.2));  // 1200 / 1000
}

TEST_CASE("RiskAdjustedReturns divides the mean return by its population deviation") {
  auto rewards = scheme("RiskAdjustedReturns", {{"window_size", 2}});
  rewards.reward(worth(1500));                                              // leaves the window again
  rewards.reward(worth(1650));                                              // +10 %
  CHECK(rewards.reward(worth(1980)) == Approx(0.15 / 0.05).epsilon(1e-6));  // +20 %
  CHECK(scheme("RiskAdjustedReturns").reward(worth(1000)) == Approx(1));    // 1e-9 / 1e-9
}

TEST_CASE("sortino counts only returns below the target") {
  auto rewards = scheme("RiskAdjustedReturns", {{"window_size", 2}}, "sortino");
  rewards.reward(worth(1100));
  // Returns +10 % and -10 %: mean 0, root of the mean of {0, 0.01}.
  CHECK(rewards.reward(worth(990)) == Approx(1e-9 / std::sqrt(0.005)).epsilon(1e-3));
  CHECK(rewards.reward(worth(1188)) == Approx(0.05 / std::sqrt(0.005)).epsilon(1e-6));
}

TEST_CASE("PBR pays the price difference while holding and takes commission on a trade") {
  auto rewards = after_first_step(scheme("PBR"));
  CHECK(rewards.reward(move(100, 103, false, false)) == 0);
  CHECK(rewards.reward(move(100, 110, true, true)) == Approx(10 - 110 * kCommission));
  CHECK(rewards.reward(move(110, 107, true, false)) == Approx(-3));
}

TEST_CASE("a trade soon after the one before costs the churn surcharge") {
  const std::map<std::string, double> parameters{
      {"trade_penalty_multiplier", 2}, {"churn_penalty_multiplier", 3}, {"churn_window", 2}};
  auto rewards = after_first_step(scheme("PBR", parameters));
  CHECK(rewards.reward(move(100, 100, true, true)) == Approx(-2));  // the first has none before
  rewards.reward(move(100, 100, true, false));
  CHECK(rewards.reward(move(100, 100, false, true)) == Approx(-5));  // two steps back
  rewards.reward(move(100, 100, false, false));
  rewards.reward(move(100, 100, false, false));
  CHECK(rewards.reward(move(100, 100, true, true)) == Approx(-2));  // three steps back
}

TEST_CASE("the hold bonus is for steps without a trade, and the clip is the last word") {
  auto rewards = after_first_step(scheme("PBR", {{"hold_bonus", 0.5}, {"reward_clip", 4}}));
  CHECK(rewards.reward(move(100, 101, true, false)) == Approx(1.5));
  CHECK(rewards.reward(move(100, 120, true, false)) == 4);
  CHECK(rewards.reward(move(100, 80, true, true)) == -4);
}

TEST_CASE("the first step of an episode has no price difference, but its trade costs") {
  CHECK(scheme("PBR").reward(move(100, 150, true, true)) == Approx(-1.5));
  CHECK(scheme("ReturnPBR").reward(move(100, 150, true, true)) == Approx(-0.01));
  CHECK(scheme("AdvancedPBR").reward(move(100, 150, true, true)) == Approx(-1.501));
  CHECK(scheme("AdvancedPBR").reward(move(100, 100, false, false)) == 0);  // nor a hold bonus
  auto again = after_first_step(scheme("PBR"));
  again.reset(1000);
  CHECK(again.reward(move(100, 150, true, false)) == 0);
}

TEST_CASE("ReturnPBR is the log return while holding, less the commission, at any price level") {
  for (const double level : {1e-6, 1.0, 1e6}) {
    auto rewards = after_first_step(scheme("ReturnPBR"));
    CHECK(rewards.reward(move(level, 1.1 * level, true, true)) == Approx(std::log(1.1) - kCommission));
    CHECK(rewards.reward(move(level, 0.9 * level, true, false)) == Approx(std::log(0.9)));
    CHECK(rewards.reward(move(level, 0.9 * level, false, false)) == 0);
  }
}

TEST_CASE("AdvancedPBR weighs the difference, adds its penalty, and rewards holding in a flat market") {
  auto rewards = after_first_step(scheme("AdvancedPBR", {{"pbr_weight", 0.5}}));
  CHECK(rewards.reward(move(100, 110, true, true)) == Approx(5 - 1.1 - 0.001));
  CHECK(rewards.reward(move(100, 100.05, true, false)) == Approx(0.5 * 0.05 + 0.0001));
  CHECK(rewards.reward(move(100, 100.2, true, false)) == Approx(0.1));  // not flat
  auto sale_of_nothing = move(100, 100, false, false);
  sale_of_nothing.held = false;
  CHECK(rewards.reward(sale_of_nothing) == 0);
}

TEST_CASE("FractionalPBR pays by the fraction before the step and charges the change of fraction") {
  auto rewards = after_first_step(scheme("FractionalPBR"));
  const auto step = [&](double from, double to, double invested) {
    return rewards.reward({.close = from, .next_close = to, .net_worth = 1000, .invested = invested});
  };
  CHECK(step(100, 110, 0.5) == Approx(-0.5 * 110 * kCommission));
  CHECK(step(110, 120, 0.5) == Approx(5));
  CHECK(step(120, 120, 0.5005) == 0);  // a drift of at most 0.001 is free
  CHECK(step(120, 100, 0) == Approx(-20 * 0.5005 - 0.5005 * 100 * kCommission));
}

TEST_CASE("MaxDrawdownPenalty takes penalty_weight times the deepening of the drawdown") {
  auto rewards = scheme("MaxDrawdownPenalty");
  CHECK(rewards.reward(worth(1000)) == 0);
  CHECK(rewards.reward(worth(1100)) == Approx(0.1));
  CHECK(rewards.reward(worth(990)) == Approx(-0.11 - 2 * 0.1));
  CHECK(rewards.reward(worth(1045)) == Approx(0.055));  // shallower: no penalty
  CHECK(rewards.reward(worth(990)) == Approx(-0.055 - 2 * 0.05));
}

TEST_CASE("AdaptiveProfitSeeker adds a little for being invested") {
  auto rewards = scheme("AdaptiveProfitSeeker");
  rewards.reward(worth(1000));
  CHECK(rewards.reward({.close = 1, .next_close = 1, .net_worth = 1100, .invested = 0.5}) == Approx(0.1001));
}

TEST_CASE("MaxDrawdownPenalty and AdaptiveProfitSeeker count from the first net worth they see") {
  CHECK(scheme("MaxDrawdownPenalty").reward(worth(900)) == 0);
  CHECK(scheme("AdaptiveProfitSeeker").reward({.net_worth = 900, .invested = 1}) == 0);
}
