#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/parameter.h"
#include "environment/account.h"
#include "environment/polymorphic.h"
#include "environment/settings.h"

namespace ctt::environment {

/// What the policy's numbers mean. The other sale is of the schemes with partial trades.
struct Action {
  static constexpr int hold = 0, buy = 1, sell = 2, sell_other = 3;
};

/// The memory of an action scheme as the trader stores it with a session: the numbers in this order, then
/// the closes. A scheme uses the fields it needs; the others stay 0.
struct ActionMemory {
  double peak = 0;           ///< of closes since entry, or of equity
  int remaining = 0;         ///< bars for which a rule still blocks
  int pending = 0;           ///< the signal that waits for confirmation
  int repeats = 0;           ///< how often it has come
  int tranches_in = 0;       ///< bought and not sold
  bool partly_sold = false;  ///< the first part of the position
  std::size_t closes_seen = 0;
  std::vector<double> log_closes;  ///< a ring
};

/// One action scheme at work: its parameters, its memory and its rules. What a scheme does not override is
/// that of BSH, which buys all and sells all.
class ActionRules {
 public:
  virtual ~ActionRules() = default;

  /// The action that remains of the policy's after the scheme's own rules, at the close of a bar.
  /// Called once per bar.
  virtual int effective_action(int action, double close, const Account& account);
  /// The order of a purchase, or of a sale while holding.
  virtual Order order(int action, const Account& account) const;
  /// A trade of that order, which the account has; `first_part` as in ActionScheme::filled.
  virtual void filled(const Trade& trade, const Account& account, bool first_part);
  /// The position is gone, by a fill or without one: what was remembered of it goes too.
  virtual void forget_position() {}

  /// Fills in the fields that the scheme uses.
  virtual void save(ActionMemory& memory) const;
  /// Takes what `save` of an equal scheme gave; an ActionMemory{} starts anew.
  virtual void restore(const ActionMemory& memory);

 protected:
  /// Orders for a share of what the account has: 1 is all.
  static Order buy(double share, const Account& account) {
    return {.side = Side::buy, .cash = share * account.cash()};
  }
  static Order sell(double share, const Account& account) {
    return {.side = Side::sell, .quantity = share * account.quantity()};
  }
};

/// A kind of action scheme: everything there is to know about it stands in this one place.
struct ActionType {
  using Values = std::map<std::string, double>;  ///< all of its parameters

  std::string_view name;
  std::vector<base::NumberParameter> parameters{};
  int action_count = 3;
  Polymorphic<ActionRules> (*start)(const Values&);
  /// What is wrong with parameters that are right one by one; empty when nothing is.
  std::string (*objection)(const Values&) = [](const Values&) { return std::string(); };
};

/// `Rules` made from its parameters: what types put in `start`.
template <class Rules>
Polymorphic<ActionRules> start(const ActionType::Values& values) {
  return Polymorphic<ActionRules>::of(Rules(values));
}

/// The types, by family.
std::vector<ActionType> stop_types();   ///< sell of their own accord
std::vector<ActionType> delay_types();  ///< hold back what the policy wants
std::vector<ActionType> size_types();   ///< trade a part

/// All of them, in the order of the catalogue.
const std::vector<ActionType>& action_types();

}  // namespace ctt::environment
