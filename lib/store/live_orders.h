#pragma once

#include "base/time.h"
#include "store/states.h"
#include "store/trading_origin.h"
#include "store/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// An order from its intent on. The row is committed before the request leaves, so that after a
/// crash the next start knows what to look up.
struct LiveOrder {
  std::string client_order_id{};  ///< unique; the same decision always has the same one
  std::string session_id{};
  std::string schedule_id{};
  std::optional<base::Seconds> bar_open_time{};  ///< of the decision; nothing for a manual order
  std::optional<std::int64_t> model_version{};
  std::string symbol{};
  Side side = Side::buy;
  std::string type = "market";
  std::optional<double> quantity{};  ///< base units
  std::optional<double> notional{};  ///< quote currency, instead of a quantity
  OrderStatus status = OrderStatus::intended;
  std::optional<std::string> broker_order_id{};
  double filled_quantity = 0;
  std::optional<double> filled_price_avg{};
  std::optional<std::string> message{};  ///< the broker's reason
  std::optional<double>
      decided_close{};  ///< close of the bar it was decided on, against which fills are held
  base::Instant created_at{};
  base::Instant updated_at{};
};

namespace live_orders {

/// Records the intent; false when this client_order_id is there already.
bool intend(Transaction& change, const LiveOrder& order);
/// False, and nothing changed, when the order is over already. Throws Error(not_found).
bool update(Transaction& change, const market::OrderEvent& event, base::Instant now);

std::optional<LiveOrder> find(Database& database, std::string_view client_order_id);
/// Those of a schedule's trader that are not over, oldest first: what a start has to reconcile. With a session,
/// those of that session, a replay's as well.
std::vector<LiveOrder> pending(Database& database, std::string_view schedule_id,
                               std::optional<std::string_view> session_id = std::nullopt);
/// Newest first.
std::vector<LiveOrder> list(Database& database, std::string_view schedule_id, std::size_t limit = 100,
                            TradingOrigin origin = TradingOrigin::trader);

}  // namespace live_orders
}  // namespace ctt::store
