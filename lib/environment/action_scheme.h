#pragma once

#include "environment/account.h"
#include "environment/action_type.h"
#include "environment/settings.h"

#include <span>
#include <vector>

namespace ctt::environment {

/// Turns the policy's action number into an order, bar by bar, with the scheme's own memory
/// (stops, cool-downs, tranches). The trader uses this very class, so a policy is carried out live
/// as it was trained.
///
/// Per bar: `decide` once with the bar's close; then `filled` for each trade that came of the order or
/// orders of that decision, after the account has it. However many they are, they leave the memory that
/// one would have; a sale that stays partial leaves the position its peak and at least one tranche. An
/// order that came to nothing leaves no trace.
/// A value type: a copy goes on by itself. `reset` starts an episode without allocation.
///
/// The rules of each scheme stand in stop_actions.cpp, delay_actions.cpp and size_actions.cpp. Of all of
/// them holds (docs/environment.md has the rest):
/// - Every check comes before the counter it reads is decremented: cooldown_steps 5 blocks the five
///   bars after the bar of the sale.
/// - A stop, target or budget fires at a close and fills like any other order of that bar.
class ActionScheme {
 public:
  /// Throws Error(usage) for a spec that ActionSchemeSpec::parse would refuse.
  explicit ActionScheme(const ActionSchemeSpec& spec);

  /// `action` in 0 .. action_count - 1; anything else throws std::invalid_argument.
  Order decide(int action, double close, const Account& account);
  /// `first_part` of the first trade of a decision alone: a broker may fill an order in several parts,
  /// and a large position is sold by several orders. What no order can sell of a position is shown to
  /// both functions as none.
  void filled(const Trade& trade, const Account& account, bool first_part = true);
  void reset();

  int action_count() const { return action_count_; }

  /// The scheme's memory as numbers, for a trader that must survive a restart; `restore` takes
  /// what `memory` of an equal scheme gave and throws std::invalid_argument for anything else.
  std::vector<double> memory() const;
  void restore(std::span<const double> memory);

 private:
  int action_count_;
  Polymorphic<ActionRules> rules_;
};

}  // namespace ctt::environment
