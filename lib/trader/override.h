#pragma once

#include <string_view>

namespace ctt::trader {

/// Why a decision is not what the policy alone would have done. At most one stands on a decision.
enum class Override {
  halted,          ///< nothing is sent
  flattening,      ///< everything is being sold on the operator's word
  order_open,      ///< an earlier order has no end yet
  unsettled,       ///< a purchase, while the broker's books are being read again
  stale_data,      ///< the bar is too old, or the first after an overdue one
  clock_skew,      ///< a purchase, with a clock that is off
  stale_model,     ///< a purchase of a model that learned too long ago, or the sale that ends it
  account_barred,  ///< a purchase, while the broker says that the account may not trade
  reducing,        ///< a purchase, while only sales are allowed
  scheme,          ///< the action scheme's stop, target or drawdown budget sells
  max_position,    ///< the purchase was cut, perhaps to nothing
  below_minimum,   ///< too small an order for the broker
  not_finite,      ///< the policy's output, or its observation, is no number
  repeated,        ///< an order of this id was sent before
};

/// `order_open`: the word in the database, in JSON and on the command line.
std::string_view name(Override reason);

}  // namespace ctt::trader
