#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace ctt::market {

/// Which way an order or a trade goes; `none` (spelled `hold`) where there is neither.
enum class Side { none, buy, sell };

/// How an order stands. `intended` is durable before the request leaves; `unknown` means that the
/// request may or may not have arrived and has to be looked up.
///
///     intended ─┬─> open ──> partially_filled ──> filled
///               │    │  └───────────┬──────────> cancelled | expired
///               │    └──────────────│──────────> rejected
///               └─> unknown ────────┘   (looked up until it is one of the others)
///
/// From `filled` on it is over: nothing more will happen to it.
enum class OrderStatus { intended, open, partially_filled, unknown, filled, cancelled, rejected, expired };

/// `partially_filled`: the spelling in the database, in JSON and on the command line.
std::string_view name(Side side);
std::string_view name(OrderStatus status);

/// True when nothing more will happen to the order.
constexpr bool is_final(OrderStatus status) { return status >= OrderStatus::filled; }

/// What is wanted: spend `cash` (buy) or sell `quantity` (sell).
struct Order {
  Side side = Side::none;
  double cash = 0;      ///< quote currency to spend, of a buy
  double quantity = 0;  ///< asset to sell, of a sell
  bool forced = false;  ///< the action scheme acted against the policy's action
  int action = 0;       ///< the action after the scheme's own rules: a blocked buy is 0, a stop is a sale
};

/// A trade that was carried out.
struct Trade {
  Side side = Side::none;
  double price = 0;
  double quantity = 0;    ///< asset received or given
  double cash = 0;        ///< quote currency paid (commission included) or received (commission taken off)
  double commission = 0;  ///< quote currency
};

/// What is known anew about an order, on its way back from the broker to the database. What is absent
/// stays as it was.
struct OrderEvent {
  std::string client_order_id{};
  OrderStatus status = OrderStatus::open;
  std::optional<std::string> broker_order_id{};
  std::optional<std::string> reason{};       ///< of cancelled, rejected and unknown
  std::optional<Trade> trade{};              ///< what was traded since the last event
  std::optional<std::string> fill_id{};      ///< the broker's name of this fill
  std::optional<base::Instant> at{};         ///< when the broker says that it traded; nothing: with the bar
  std::optional<double> filled_quantity{};   ///< of the order in all, fees not taken off
  std::optional<double> filled_price_avg{};  ///< average of that
};

}  // namespace ctt::market
