#include "store/live_decisions.h"

#include "store/sql.h"
#include "store/trading_origin.h"

namespace ctt::store {

namespace {

constexpr auto kColumns =
    "session_id, bar_open_time, step, model_version, model_sha256, action, side, price, equity, position, "
    "reason, "
    "decided_at";

std::string select(std::string_view rest) {
  return fmt::format("SELECT {} FROM live_decisions {}", kColumns, rest);
}

LiveDecision read_decision(Query& row) {
  LiveDecision d;
  row >> d.session_id >> d.bar_open_time >> d.step >> d.model_version >> d.model_sha256 >> d.action >>
      d.side >> d.price >> d.equity >> d.position >> d.reason >> d.decided_at;
  return d;
}

// Made before ?1, and nothing came of them. The sets are made once a statement.
constexpr auto kPrunable =
    "d.decided_at < ?1 AND d.side = 'hold' "
    "AND (d.session_id, d.bar_open_time) NOT IN "
    "(SELECT session_id, bar_open_time FROM live_orders WHERE bar_open_time NOT NULL) "
    "AND (d.session_id, d.step) NOT IN (SELECT session_id, step FROM live_trades)";

EquityPoint read_point(Query& row) {
  EquityPoint point;
  row >> point.at >> point.equity >> point.model_version;
  return point;
}

}  // namespace

namespace live_decisions {

std::size_t append(Transaction& change, std::span<const LiveDecision> decisions) {
  Query insert(change,
               fmt::format("INSERT INTO live_decisions ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
                           "?11, ?12) ON CONFLICT (session_id, bar_open_time) DO NOTHING",
                           kColumns));
  std::size_t inserted = 0;
  for (const auto& d : decisions) {
    inserted += static_cast<std::size_t>(insert
                                             .bind(d.session_id, d.bar_open_time, d.step, d.model_version,
                                                   d.model_sha256, d.action, d.side, d.price, d.equity,
                                                   d.position, d.reason, d.decided_at)
                                             .run());
  }
  return inserted;
}

std::vector<LiveDecision> newest(Database& database, std::string_view session_id,
                                 std::optional<std::size_t> limit) {
  return newest_until(database, session_id, base::Seconds::max(), limit);
}

std::vector<LiveDecision> newest_until(Database& database, std::string_view session_id, base::Seconds last,
                                       std::optional<std::size_t> limit) {
  Query rows(database,
             select("WHERE session_id = ?1 AND bar_open_time <= ?2 ORDER BY bar_open_time DESC LIMIT ?3"),
             session_id, last, at_most(limit));
  auto decisions = all(rows, read_decision);
  std::ranges::reverse(decisions);
  return decisions;
}

std::vector<LiveDecision> range(Database& database, std::string_view session_id, base::Seconds first,
                                base::Seconds last) {
  Query rows(database,
             select("WHERE session_id = ?1 AND bar_open_time BETWEEN ?2 AND ?3 ORDER BY bar_open_time"),
             session_id, first, last);
  return all(rows, read_decision);
}

std::vector<EquityPoint> equity(Database& database, std::string_view schedule_id, base::Seconds first,
                                base::Seconds last) {
  Query rows(database,
             fmt::format("SELECT bar_open_time, equity, model_version FROM live_decisions "
                         "WHERE session_id IN {} AND bar_open_time BETWEEN ?2 AND ?3 "
                         "ORDER BY bar_open_time, decided_at",
                         sql_session_ids(TradingOrigin::trader)),
             schedule_id, first, last);
  return all(rows, read_point);
}

std::vector<EquityPoint> newest_equity(Database& database, std::string_view schedule_id, base::Seconds last,
                                       std::size_t limit) {
  Query sessions(database,
                 fmt::format("SELECT id FROM live_sessions WHERE id IN {} ORDER BY rowid DESC",
                             sql_session_ids(TradingOrigin::trader)),
                 schedule_id);
  std::vector<EquityPoint> points;  // newest first
  while (points.size() < limit && sessions.next()) {
    Query rows(database,
               "SELECT bar_open_time, equity, model_version FROM live_decisions WHERE session_id = ?1 "
               "AND bar_open_time <= ?2 ORDER BY bar_open_time DESC LIMIT ?3",
               sessions.get<std::string>(), last, limit - points.size());
    std::ranges::move(all(rows, read_point), std::back_inserter(points));
  }
  std::ranges::reverse(points);
  std::ranges::stable_sort(points, {}, &EquityPoint::at);
  return points;
}

std::vector<FirstBar> first_bars(Database& database, std::string_view session_id) {
  Query rows(database,
             "SELECT model_version, min(bar_open_time) FROM live_decisions WHERE session_id = ?1 "
             "GROUP BY model_version",
             session_id);
  return all(rows, [](Query& row) {
    FirstBar first;
    row >> first.model_version >> first.at;
    return first;
  });
}

std::int64_t count(Database& database, std::string_view session_id) {
  Query row(database, "SELECT count(*) FROM live_decisions WHERE session_id = ?1", session_id);
  row.next();
  return row.get<std::int64_t>();
}

std::int64_t count_prunable(Database& database, base::Instant before) {
  Query row(database, fmt::format("SELECT count(*) FROM live_decisions AS d WHERE {}", kPrunable), before);
  row.next();
  return row.get<std::int64_t>();
}

std::int64_t prune(Transaction& change, base::Instant before, std::size_t limit) {
  return Query(
             change,
             fmt::format("DELETE FROM live_decisions WHERE (session_id, bar_open_time) IN "
                         "(SELECT d.session_id, d.bar_open_time FROM live_decisions AS d WHERE {} LIMIT ?2)",
                         kPrunable),
             before, limit)
      .run();
}

}  // namespace live_decisions
}  // namespace ctt::store
