#pragma once

#include "environment/account.h"
#include "environment/scheme_catalogue.h"
#include "environment/settings.h"

#include <cstddef>
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
/// A value type without virtual calls; `reset` starts an episode without allocation.
///
/// What the schemes mean where a sentence leaves room (docs/environment.md has all of it):
/// - Every check comes before the counter it reads is decremented: cooldown_steps 5 blocks the five
///   bars after the bar of the sale.
/// - DrawdownBudgetBSH renews its lock-out on every bar that stands below the budget. Equity does
///   not move without a position, so a breach usually ends buying until `reset`.
/// - The entry is the account's (average) price of purchase, the first peak the fill's price; later
///   peaks are closes, the current one included.
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
  int rule(int action, double close, const Account& account);
  int confirmed(int action);
  bool over_drawdown_budget(double net_worth);
  Order order(int action, const Account& account) const;
  double volatility_size() const;
  void remember(double close);
  void forget_position();

  // The parameters of one scheme, resolved once; what a scheme does not have stays 0.
  ActionKind kind_;
  int action_count_;
  double stop_ = 0;         // stop_pct, stop_loss_pct, max_drawdown_pct
  double take_profit_ = 0;  // take_profit_pct
  int steps_ = 0;           // lockout, cooldown, min_hold, confirmation steps
  int tranches_ = 1;        // num_tranches
  double first_sale_ = 1;   // first_sell_proportion
  double target_risk_ = 0, min_size_ = 0, max_size_ = 1;

  struct Memory {
    double peak = 0;    // of closes since entry, or of equity
    int remaining = 0;  // bars for which a rule still blocks
    int pending = 0;    // the signal that waits for confirmation
    int repeats = 0;    // how often it has come
    int tranches_in = 0;
    bool partly_sold = false;
  } memory_;
  std::vector<double> log_closes_;  // ring of window + 1, VolatilitySizedBSH only
  std::size_t closes_seen_ = 0;
};

}  // namespace ctt::environment
