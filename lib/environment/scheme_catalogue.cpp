#include "environment/scheme_catalogue.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace ctt::environment {

using base::Error;
using base::Failure;

namespace {

using enum Parameter::Values;

constexpr double kMostSteps = 1e6;

// In the order of ActionKind.
const std::vector<SchemeEntry>& action_table() {
  static const std::vector<SchemeEntry> table{
      {"BSH", 3, {}},
      {"TrailingStopBSH", 3, {{"stop_pct", 0.05, 0, 1, positive}}},
      {"BracketBSH",
       3,
       {{"stop_loss_pct", 0.05, 0, 1, positive}, {"take_profit_pct", 0.10, 0, 100, positive}}},
      {"DrawdownBudgetBSH",
       3,
       {{"max_drawdown_pct", 0.10, 0, 1, positive}, {"lockout_steps", 10, 0, kMostSteps, whole}}},
      {"CooldownBSH", 3, {{"cooldown_steps", 5, 0, kMostSteps, whole}}},
      {"HoldMinimumBSH", 3, {{"min_hold_steps", 5, 0, kMostSteps, whole}}},
      {"ConfirmationBSH", 3, {{"confirmation_steps", 3, 1, kMostSteps, whole}}},
      {"ScaledEntryBSH", 4, {{"num_tranches", 3, 1, 1000, whole}}},
      {"PartialTakeProfitBSH", 4, {{"first_sell_proportion", 0.5, 0, 1, positive}}},
      {"VolatilitySizedBSH",
       3,
       {{"target_risk", 0.02, 0, 10, positive},
        {"window", 20, 2, 100000, whole},
        {"min_size", 0.1, 0, 1, positive},
        {"max_size", 1, 0, 1, positive}}},
  };
  return table;
}

// In the order of RewardKind.
const std::vector<SchemeEntry>& reward_table() {
  static const std::vector<SchemeEntry> table{
      {"ReturnPBR",
       0,
       {{"trade_penalty_multiplier", 1, 0, 1000},
        {"churn_penalty_multiplier", 0, 0, 1000},
        {"churn_window", 4, 0, kMostSteps, whole},
        {"hold_bonus", 0, -1, 1},
        {"reward_clip", 0, 0, 1000}}},
      {"PBR",
       0,
       {{"trade_penalty_multiplier", 1, 0, 1000},
        {"churn_penalty_multiplier", 0.75, 0, 1000},
        {"churn_window", 4, 0, kMostSteps, whole},
        {"hold_bonus", 0, -1e6, 1e6},
        {"reward_clip", 0, 0, 1e12}}},
      {"AdvancedPBR",
       0,
       {{"pbr_weight", 1, 0, 1000},
        {"trade_penalty", -0.001, -1e6, 0},
        {"hold_bonus", 0.0001, -1e6, 1e6},
        {"volatility_threshold", 0.001, 0, 1},
        {"trade_penalty_multiplier", 1, 0, 1000},
        {"churn_penalty_multiplier", 0.75, 0, 1000},
        {"churn_window", 4, 0, kMostSteps, whole},
        {"reward_clip", 0, 0, 1e12}}},
      {"FractionalPBR", 0, {}},
      {"SimpleProfit", 0, {{"window_size", 1, 1, 100000, whole}}},
      {"RiskAdjustedReturns",
       0,
       {{"window_size", 12, 2, 100000, whole}, {"risk_free_rate", 0, -1, 1}, {"target_returns", 0, -1, 1}}},
      {"MaxDrawdownPenalty", 0, {{"penalty_weight", 2, 0, 1000}}},
      {"AdaptiveProfitSeeker", 0, {{"participation_bonus", 0.0002, 0, 1}}},
  };
  return table;
}

// `bsh` and `trailing-stop-bsh` are near to BSH and TrailingStopBSH, whatever their case.
std::string plain(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

std::string hint(std::string_view name, std::span<const SchemeEntry> table) {
  std::vector<std::string> known;
  for (const auto& entry : table) known.push_back(plain(entry.name));
  const auto best = std::ranges::find(known, base::nearest(plain(name), known));
  if (best == known.end()) return "";
  return fmt::format(" (did you mean \"{}\"?)", table[static_cast<std::size_t>(best - known.begin())].name);
}

std::string allowed(const Parameter& parameter) {
  switch (parameter.values) {
    case positive:
      return fmt::format("above 0 and at most {}", parameter.high);
    case whole:
      return fmt::format("a whole number from {} to {}", parameter.low, parameter.high);
    case real:
      break;
  }
  return fmt::format("from {} to {}", parameter.low, parameter.high);
}

bool fits(const Parameter& parameter, double value) {
  if (!(value >= parameter.low && value <= parameter.high)) return false;
  if (parameter.values == positive) return value > 0;
  return parameter.values != whole || value == std::floor(value);
}

void refuse_unknown(const SchemeEntry& entry, const std::string& key, std::string_view what) {
  std::vector<std::string> known;
  for (const auto& parameter : entry.parameters) known.emplace_back(parameter.name);
  if (std::ranges::find(known, key) != known.end()) return;
  throw Error(Failure::usage,
              fmt::format("{} {}: unknown parameter \"{}\"{}; it has {}", what, entry.name, key,
                          base::did_you_mean(key, known),
                          known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "))));
}

}  // namespace

std::span<const SchemeEntry> action_schemes() { return action_table(); }

std::span<const SchemeEntry> reward_schemes() { return reward_table(); }

std::size_t find_scheme(std::span<const SchemeEntry> table, std::string_view name, std::string_view what) {
  const auto found = std::ranges::find(table, name, &SchemeEntry::name);
  if (found != table.end()) return static_cast<std::size_t>(found - table.begin());
  std::vector<std::string_view> names;
  for (const auto& entry : table) names.push_back(entry.name);
  throw Error(Failure::usage, fmt::format("unknown {} \"{}\"{}; there are {}", what, name, hint(name, table),
                                          fmt::join(names, ", ")));
}

std::map<std::string, double> complete(const SchemeEntry& entry, const std::map<std::string, double>& given,
                                       std::string_view what) {
  for (const auto& [key, value] : given) refuse_unknown(entry, key, what);
  std::map<std::string, double> out;
  for (const auto& parameter : entry.parameters) {
    const auto found = given.find(std::string(parameter.name));
    const double value = found == given.end() ? parameter.standard : found->second;
    if (!fits(parameter, value)) {
      throw Error(Failure::usage, fmt::format("{} {}: \"{}\" must be {}, not {}", what, entry.name,
                                              parameter.name, allowed(parameter), value));
    }
    out.emplace(parameter.name, value);
  }
  if (out.contains("min_size") && out["min_size"] > out["max_size"]) {
    throw Error(Failure::usage, fmt::format("{} {}: \"min_size\" {} is above \"max_size\" {}", what,
                                            entry.name, out["min_size"], out["max_size"]));
  }
  return out;
}

}  // namespace ctt::environment
