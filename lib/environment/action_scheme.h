#pragma once

#include <memory>

#include "environment/account.h"
#include "environment/settings.h"

namespace ctt::environment {

/// Turns the policy's action number into an order, bar by bar, with the scheme's own memory
/// (stops, cool-downs, tranches). The trader uses this very class, so a policy is carried out live
/// as it was trained.
///
/// Use per bar: `decide` once with the bar's close, then `filled` if the order became a trade.
/// A value type without virtual calls; `reset` starts an episode without allocation.
class ActionScheme {
 public:
  explicit ActionScheme(const ActionSchemeSpec& spec);

  /// `action` in 0 .. action_count - 1; anything else throws std::invalid_argument.
  Order decide(int action, double close, const Account& account);
  void filled(const Trade& trade, const Account& account);
  void reset();

 private:
  // (members by the implementer of this folder)
};

}  // namespace ctt::environment
