#include "store/snapshots.h"

#include "store/sql.h"

namespace ctt::store {

namespace {

constexpr auto kSelect =
    "SELECT sha256, symbol, timeframe, first, last, bars, warm_up, size_bytes, created_at FROM snapshots ";

Snapshot read_snapshot(Query& row) {
  Snapshot s;
  row >> s.sha256 >> s.symbol >> s.timeframe >> s.first >> s.last >> s.bars >> s.warm_up >> s.size_bytes >>
      s.created_at;
  return s;
}

}  // namespace

namespace snapshots {

void insert(Transaction& change, const Snapshot& s) {
  Query(
      change,
      "INSERT INTO snapshots (sha256, symbol, timeframe, first, last, bars, warm_up, size_bytes, created_at) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
      s.sha256, s.symbol, s.timeframe, s.first, s.last, s.bars, s.warm_up, s.size_bytes, s.created_at)
      .run();
}

std::optional<Snapshot> find(Database& database, std::string_view sha256) {
  Query row(database, fmt::format("{} WHERE sha256 = ?1", kSelect), sha256);
  return first(row, read_snapshot);
}

std::vector<Snapshot> list(Database& database) {
  Query rows(database, fmt::format("{} ORDER BY created_at DESC, sha256", kSelect));
  return all(rows, read_snapshot);
}

std::vector<Snapshot> unused(Database& database) {
  Query rows(database,
             fmt::format(
                 "{} WHERE sha256 NOT IN (SELECT snapshot_sha256 FROM cycles WHERE snapshot_sha256 NOT NULL) "
                 "AND sha256 NOT IN (SELECT snapshot_sha256 FROM experiments WHERE snapshot_sha256 NOT NULL) "
                 "ORDER BY created_at",
                 kSelect));
  return all(rows, read_snapshot);
}

void remove(Transaction& change, std::string_view sha256) {
  Query(change, "DELETE FROM snapshots WHERE sha256 = ?1", sha256).run();
}

}  // namespace snapshots
}  // namespace ctt::store
