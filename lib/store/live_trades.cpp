#include "store/live_trades.h"

#include "store/sql.h"
#include "store/trading_origin.h"

namespace ctt::store {

namespace {

constexpr auto kSelect =
    "SELECT t.id, t.session_id, t.timestamp, t.step, t.side, t.symbol, t.price, t.size, t.commission, "
    "t.client_order_id, t.alpaca_order_id, t.fill_id, t.model_version, t.fee_bp, t.slippage_bp FROM "
    "live_trades AS t ";

LiveTrade read_trade(Query& row) {
  LiveTrade t;
  row >> t.id >> t.session_id >> t.timestamp >> t.step >> t.side >> t.symbol >> t.price >> t.size >>
      t.commission >> t.client_order_id >> t.alpaca_order_id >> t.fill_id >> t.model_version >> t.fee_bp >>
      t.slippage_bp;
  return t;
}

}  // namespace

namespace live_trades {

bool insert(Transaction& change, const LiveTrade& t) {
  Query insert(
      change,
      "INSERT INTO live_trades (session_id, timestamp, step, side, symbol, price, size, commission, "
      "client_order_id, alpaca_order_id, fill_id, model_version, fee_bp, slippage_bp) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT (fill_id) DO NOTHING",
      t.session_id, t.timestamp, t.step, t.side, t.symbol, t.price, t.size, t.commission, t.client_order_id,
      t.alpaca_order_id, t.fill_id, t.model_version, t.fee_bp, t.slippage_bp);
  return insert.run() == 1;
}

std::vector<LiveTrade> of_session(Database& database, std::string_view session_id,
                                  std::optional<std::size_t> limit, std::size_t offset) {
  Query rows(database,
             fmt::format("{} WHERE t.session_id = ?1 ORDER BY t.timestamp, t.id LIMIT ?2 OFFSET ?3", kSelect),
             session_id, at_most(limit), offset);
  return all(rows, read_trade);
}

std::vector<LiveTrade> of_schedule(Database& database, std::string_view schedule_id, base::Instant from,
                                   base::Instant to, std::optional<std::size_t> limit) {
  Query rows(database,
             fmt::format("{} WHERE t.session_id IN {} AND t.timestamp BETWEEN ?2 AND ?3 "
                         "ORDER BY t.timestamp, t.id LIMIT ?4",
                         kSelect, sql_session_ids(TradingOrigin::trader)),
             schedule_id, from, to, at_most(limit));
  return all(rows, read_trade);
}

std::vector<LiveTrade> newest_of_schedule(Database& database, std::string_view schedule_id, base::Instant to,
                                          std::size_t limit) {
  Query rows(database,
             fmt::format("{} WHERE t.session_id IN {} AND t.timestamp <= ?2 ORDER BY t.id DESC LIMIT ?3",
                         kSelect, sql_session_ids(TradingOrigin::trader)),
             schedule_id, to, limit);
  auto trades = all(rows, read_trade);
  std::ranges::reverse(trades);
  std::ranges::stable_sort(trades, {}, &LiveTrade::timestamp);
  return trades;
}

std::vector<FillCost> newest_costs(Database& database, std::string_view schedule_id, std::size_t limit) {
  Query rows(database,
             "SELECT fee_bp, slippage_bp FROM live_trades WHERE session_id IN (SELECT id FROM live_sessions "
             "WHERE schedule_id = ?1 AND account <> '') AND fee_bp IS NOT NULL AND slippage_bp IS NOT NULL "
             "ORDER BY id DESC LIMIT ?2",
             schedule_id, limit);
  return all(rows, [](Query& row) {
    FillCost cost;
    row >> cost.fee_bp >> cost.slippage_bp;
    return cost;
  });
}

std::int64_t count(Database& database, std::string_view session_id) {
  Query row(database, "SELECT count(*) FROM live_trades WHERE session_id = ?1", session_id);
  row.next();
  return row.get<std::int64_t>();
}

}  // namespace live_trades
}  // namespace ctt::store
