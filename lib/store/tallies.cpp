#include "store/tallies.h"

#include "store/sql.h"

namespace ctt::store {

std::vector<CycleTally> cycle_tallies(Database& database, std::string_view schedule_id) {
  Query rows(
      database,
      "SELECT status, CASE WHEN status = 'completed' THEN decision ELSE ifnull(reason, '') END AS why, "
      "sum(slots) FROM cycles WHERE schedule_id = ?1 AND status <> 'running' GROUP BY status, why "
      "ORDER BY status, why",
      schedule_id);
  std::vector<CycleTally> all;
  while (rows.next()) {
    auto& tally = all.emplace_back();
    rows >> tally.status >> tally.reason >> tally.count;
  }
  return all;
}

std::vector<FillTally> fill_tallies(Database& database, std::string_view schedule_id) {
  Query rows(database,
             "SELECT t.side, count(*), ifnull(sum(t.commission), 0.0), ifnull(sum(t.price * t.size), 0.0) "
             "FROM live_trades AS t JOIN live_sessions AS s ON s.id = t.session_id "
             "WHERE s.schedule_id = ?1 AND s.replay = 0 GROUP BY t.side ORDER BY t.side",
             schedule_id);
  std::vector<FillTally> all;
  while (rows.next()) {
    auto& tally = all.emplace_back();
    rows >> tally.side >> tally.count >> tally.commission >> tally.volume;
  }
  return all;
}

}  // namespace ctt::store
