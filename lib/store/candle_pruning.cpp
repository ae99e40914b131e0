#include "store/candle_pruning.h"

#include "store/sql.h"

namespace ctt::store::candles {

namespace {

constexpr auto kSeries =
    "(SELECT id FROM candle_series WHERE source = ?1 AND symbol = ?2 AND timeframe = ?3)";

}  // namespace

std::vector<SeriesKey> series_of(Database& database, std::string_view source) {
  Query rows(database, "SELECT symbol, timeframe FROM candle_series WHERE source = ?1 ORDER BY id", source);
  return all(rows, [&](Query& row) {
    const auto symbol = row.get<std::string>();
    return SeriesKey{std::string(source), symbol, market::Timeframe::parse(row.get<std::string>())};
  });
}

std::int64_t count_before(Database& database, const SeriesKey& key, base::Seconds before) {
  Query row(database,
            fmt::format("SELECT count(*) FROM candles WHERE series_id = {} AND open_time < ?4", kSeries),
            key.source, key.symbol, key.timeframe.name(), before);
  row.next();
  return row.get<std::int64_t>();
}

std::int64_t prune_before(Transaction& change, const SeriesKey& key, base::Seconds before,
                          std::size_t limit) {
  Query last_of_batch(
      change,
      fmt::format("SELECT max(open_time) FROM (SELECT open_time FROM candles WHERE series_id = "
                  "{} AND open_time < ?4 ORDER BY open_time LIMIT ?5)",
                  kSeries),
      key.source, key.symbol, key.timeframe.name(), before, limit);
  last_of_batch.next();
  const auto last = last_of_batch.get<std::optional<base::Seconds>>();
  if (!last) return 0;
  const auto run = [&](std::string_view statement) {
    return Query(change, fmt::format(fmt::runtime(statement), kSeries), key.source, key.symbol,
                 key.timeframe.name(), *last)
        .run();
  };
  run("DELETE FROM candle_revisions WHERE series_id = {} AND open_time <= ?4");
  run("DELETE FROM candle_coverage WHERE series_id = {} AND last <= ?4");
  Query(change,
        fmt::format("UPDATE candle_coverage SET first = ?5 WHERE series_id = {} AND first <= ?4", kSeries),
        key.source, key.symbol, key.timeframe.name(), *last,
        key.timeframe.floor(*last) + key.timeframe.duration())
      .run();
  return run("DELETE FROM candles WHERE series_id = {} AND open_time <= ?4");
}

std::optional<base::Seconds> oldest_decided_bar(Database& database, std::string_view schedule_id) {
  Query row(database,
            "SELECT min((SELECT min(bar_open_time) FROM live_decisions WHERE session_id = s.id)) "
            "FROM live_sessions AS s WHERE s.schedule_id = ?1 AND s.account <> ''",
            schedule_id);
  row.next();
  return row.get<std::optional<base::Seconds>>();
}

}  // namespace ctt::store::candles
