#include "store/live_orders.h"

#include "base/error.h"
#include "store/sql.h"

namespace ctt::store {

using base::Error;
using base::Failure;

namespace {

constexpr auto kColumns =
    "client_order_id, session_id, schedule_id, bar_open_time, model_version, symbol, side, type, quantity, "
    "notional, status, broker_order_id, filled_quantity, filled_price_avg, message, decided_close, "
    "created_at, updated_at";

std::string select(std::string_view rest) {
  return fmt::format("SELECT {} FROM live_orders {}", kColumns, rest);
}

LiveOrder read_order(Query& row) {
  LiveOrder o;
  row >> o.client_order_id >> o.session_id >> o.schedule_id >> o.bar_open_time >> o.model_version >>
      o.symbol >> o.side >> o.type >> o.quantity >> o.notional >> o.status >> o.broker_order_id >>
      o.filled_quantity >> o.filled_price_avg >> o.message >> o.decided_close >> o.created_at >> o.updated_at;
  return o;
}

}  // namespace

namespace live_orders {

bool intend(Transaction& change, const LiveOrder& o) {
  Query insert(
      change,
      fmt::format("INSERT INTO live_orders ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
                  "?13, ?14, ?15, ?16, ?17, ?18) ON CONFLICT (client_order_id) DO NOTHING",
                  kColumns),
      o.client_order_id, o.session_id, o.schedule_id, o.bar_open_time, o.model_version, o.symbol, o.side,
      o.type, o.quantity, o.notional, o.status, o.broker_order_id, o.filled_quantity, o.filled_price_avg,
      o.message, o.decided_close, o.created_at, o.updated_at);
  return insert.run() == 1;
}

bool update(Transaction& change, const market::OrderEvent& event, base::Instant now) {
  const auto order = find(change, event.client_order_id);
  if (!order) {
    throw Error(Failure::not_found, fmt::format("there is no order {}", event.client_order_id))
        .fix("ctt trade orders");
  }
  if (is_final(order->status)) return false;
  Query(change,
        "UPDATE live_orders SET status = ?2, broker_order_id = coalesce(?3, broker_order_id), "
        "filled_quantity = coalesce(?4, filled_quantity), filled_price_avg = coalesce(?5, filled_price_avg), "
        "message = coalesce(?6, message), updated_at = ?7 WHERE client_order_id = ?1",
        event.client_order_id, event.status, event.broker_order_id, event.filled_quantity,
        event.filled_price_avg, event.reason, now)
      .run();
  return true;
}

std::optional<LiveOrder> find(Database& database, std::string_view client_order_id) {
  Query row(database, select("WHERE client_order_id = ?1"), client_order_id);
  return first(row, read_order);
}

std::vector<LiveOrder> pending(Database& database, std::string_view schedule_id,
                               std::optional<std::string_view> session_id) {
  Query rows(
      database,
      select(fmt::format("WHERE schedule_id = ?1 AND (session_id = ?2 OR ?2 IS NULL AND session_id IN {}) "
                         "AND status NOT IN ('filled', 'cancelled', 'rejected', 'expired') "
                         "ORDER BY created_at, rowid",
                         sql_session_ids(TradingOrigin::trader))),
      schedule_id, session_id);
  return all(rows, read_order);
}

std::vector<LiveOrder> list(Database& database, std::string_view schedule_id, std::size_t limit,
                            TradingOrigin origin) {
  Query rows(database,
             select(fmt::format("WHERE schedule_id = ?1 AND session_id IN {} ORDER BY created_at DESC, rowid "
                                "DESC LIMIT ?2",
                                sql_session_ids(origin))),
             schedule_id, limit);
  return all(rows, read_order);
}

}  // namespace live_orders
}  // namespace ctt::store
