#include "environment/settings.h"

#include "base/error.h"

using namespace ctt::environment;
using ctt::base::Error;
using ctt::base::Failure;

namespace {

/// The sentence of the Error(usage) that `act` throws, or "accepted".
template <class Act>
std::string refusal(Act act) {
  try {
    act();
  } catch (const Error& error) {
    return error.failure() == Failure::usage ? error.what() : "another failure";
  }
  return "accepted";
}

std::string refused_action(std::string_view name, const std::map<std::string, double>& parameters) {
  return refusal([&] { ActionSchemeSpec::parse(name, parameters); });
}

std::string refused_reward(std::string_view name, const std::map<std::string, double>& parameters,
                           std::string_view algorithm = "sharpe") {
  return refusal([&] { RewardSchemeSpec::parse(name, parameters, algorithm); });
}

bool begins(const std::string& text, std::string_view with) { return text.starts_with(with); }

}  // namespace

TEST_CASE("a parsed scheme has every parameter, and what was given stands") {
  const auto spec = ActionSchemeSpec::parse("BracketBSH", {{"take_profit_pct", 0.2}});
  CHECK(spec.parameters == std::map<std::string, double>{{"stop_loss_pct", 0.05}, {"take_profit_pct", 0.2}});
  CHECK(RewardSchemeSpec::parse("PBR").parameters.at("churn_penalty_multiplier") == 0.75);
  CHECK(RewardSchemeSpec::parse("ReturnPBR") == RewardSchemeSpec{});
  CHECK(ActionSchemeSpec::parse("BSH") == ActionSchemeSpec{});
}

TEST_CASE("there are ten action schemes and eight reward schemes, and each parses") {
  CHECK(action_scheme_names().size() == 10);
  CHECK(reward_scheme_names().size() == 8);
  for (const auto& name : action_scheme_names()) {
    const bool partial = name == "ScaledEntryBSH" || name == "PartialTakeProfitBSH";
    CHECK(ActionSchemeSpec::parse(name).action_count() == (partial ? 4 : 3));
  }
  for (const auto& name : reward_scheme_names()) CHECK_NOTHROW(RewardSchemeSpec::parse(name));
}

TEST_CASE("an unknown scheme is refused with the nearest name") {
  CHECK(begins(refused_action("TrailingStpBSH", {}),
               R"(unknown action scheme "TrailingStpBSH" (did you mean "TrailingStopBSH"?))"));
  CHECK(begins(refused_action("trailing-stop-bsh", {}),
               R"(unknown action scheme "trailing-stop-bsh" (did you mean "TrailingStopBSH"?))"));
  CHECK(begins(refused_reward("pbr", {}), R"(unknown reward scheme "pbr" (did you mean "PBR"?))"));
  CHECK(begins(refused_reward("", {}), R"(unknown reward scheme ""; there are ReturnPBR, PBR)"));
}

TEST_CASE("an unknown parameter is refused with the nearest one") {
  CHECK(
      refused_action("CooldownBSH", {{"cooldown_step", 3}}) ==
      R"(action scheme CooldownBSH: unknown parameter "cooldown_step" (did you mean "cooldown_steps"?); it has cooldown_steps)");
  CHECK(refused_action("BSH", {{"stop_pct", 0.1}}) ==
        R"(action scheme BSH: unknown parameter "stop_pct"; it has none)");
  CHECK(begins(refused_reward("SimpleProfit", {{"reward_clip", 1}}), "reward scheme SimpleProfit: unknown"));
}

TEST_CASE("a parameter out of its range is refused by name") {
  CHECK(refused_action("TrailingStopBSH", {{"stop_pct", 0}}) ==
        R"(action scheme TrailingStopBSH: "stop_pct" must be above 0 and at most 1, not 0)");
  CHECK(refused_action("CooldownBSH", {{"cooldown_steps", 2.5}}) ==
        R"(action scheme CooldownBSH: "cooldown_steps" must be a whole number from 0 to 1000000, not 2.5)");
  CHECK(begins(refused_action("ConfirmationBSH", {{"confirmation_steps", 0}}),
               "action scheme ConfirmationBSH"));
  CHECK(begins(refused_action("VolatilitySizedBSH", {{"min_size", 0.9}, {"max_size", 0.5}}),
               R"(action scheme VolatilitySizedBSH: "min_size" 0.9 is above "max_size" 0.5)"));
  CHECK(begins(refused_action("TrailingStopBSH", {{"stop_pct", std::nan("")}}),
               "action scheme TrailingStopBSH"));
  CHECK(begins(refused_reward("RiskAdjustedReturns", {{"window_size", 1}}),
               "reward scheme RiskAdjustedReturns"));
  CHECK(begins(refused_reward("AdvancedPBR", {{"trade_penalty", 0.001}}), "reward scheme AdvancedPBR"));
}

TEST_CASE("the return algorithm is sharpe or sortino, and only of RiskAdjustedReturns") {
  CHECK(RewardSchemeSpec::parse("RiskAdjustedReturns", {}, "sortino").return_algorithm == "sortino");
  CHECK(begins(refused_reward("RiskAdjustedReturns", {}, "sortno"),
               R"(unknown return_algorithm "sortno" (did you mean "sortino"?))"));
  CHECK(begins(refused_reward("PBR", {}, "sortino"), "reward scheme PBR has no return_algorithm"));
}

TEST_CASE("fills are read by name") {
  CHECK(parse_fill("close") == Fill::close);
  CHECK(parse_fill(name(Fill::next_open)) == Fill::next_open);
  CHECK(begins(refusal([] { parse_fill("nextopen"); }),
               R"(unknown fill "nextopen" (did you mean "next_open"?))"));
}

TEST_CASE("settings out of range are refused by name") {
  const auto refused = [](auto change) {
    EpisodeSettings settings;
    change(settings);
    return refusal([&] { validate(settings); });
  };
  CHECK(refused([](EpisodeSettings&) {}) == "accepted");
  CHECK(refused([](EpisodeSettings& s) { s.costs.commission = -0.1; }) ==
        "commission must be at least 0 and at most 0.5, not -0.1");
  CHECK(begins(refused([](EpisodeSettings& s) { s.initial_cash = 0; }), "initial_cash"));
  CHECK(begins(refused([](EpisodeSettings& s) { s.window_size = 0; }), "window_size"));
  CHECK(begins(refused([](EpisodeSettings& s) { s.max_allowed_loss = 0; }), "max_allowed_loss"));
  CHECK(begins(refused([](EpisodeSettings& s) { s.random_start_pct = 1.5; }), "random_start_pct"));
  CHECK(begins(refused([](EpisodeSettings& s) { s.random_start_pct = std::nan(""); }), "random_start_pct"));
  CHECK(begins(refused([](EpisodeSettings& s) { s.start_half_life = -1; }), "start_half_life"));
  CHECK(begins(refused([](EpisodeSettings& s) { s.reward_scheme.name = "PBRR"; }), "unknown reward scheme"));
  CHECK(
      begins(refused([](EpisodeSettings& s) { s.action_scheme.parameters["x"] = 1; }), "action scheme BSH"));
}

TEST_CASE("an observation is the window's rows and then the account") {
  EpisodeSettings settings{.window_size = 7};
  CHECK(observation_size(settings, 5) == 35);
  settings.account_columns = true;
  CHECK(observation_size(settings, 5) == 38);
}
