#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::environment {

enum class ActionKind {
  bsh,
  trailing_stop,
  bracket,
  drawdown_budget,
  cooldown,
  hold_minimum,
  confirmation,
  scaled_entry,
  partial_take_profit,
  volatility_sized,
};

enum class RewardKind {
  return_pbr,
  pbr,
  advanced_pbr,
  fractional_pbr,
  simple_profit,
  risk_adjusted_returns,
  max_drawdown_penalty,
  adaptive_profit_seeker,
};

/// One parameter of a scheme: its default and the values it may have.
struct Parameter {
  enum class Values { real, positive, whole };  ///< any, above 0, whole numbers; within low .. high

  std::string_view name;
  double standard;  ///< the default
  double low, high;
  Values values = Values::real;
};

/// A scheme as the catalogue knows it. The index in its table is the ActionKind or RewardKind.
struct SchemeEntry {
  std::string_view name;
  int actions;  ///< of action schemes
  std::vector<Parameter> parameters;
};

std::span<const SchemeEntry> action_schemes();
std::span<const SchemeEntry> reward_schemes();

/// The position of `name` in `table`. Throws Error(usage) with the nearest name; `what` is
/// "action scheme" or "reward scheme".
std::size_t find_scheme(std::span<const SchemeEntry> table, std::string_view name, std::string_view what);

/// `given` checked against the entry, defaults filled in. Throws Error(usage).
std::map<std::string, double> complete(const SchemeEntry& entry, const std::map<std::string, double>& given,
                                       std::string_view what);

}  // namespace ctt::environment
