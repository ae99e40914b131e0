#include "store/candles.h"

#include "market/series.h"
#include "store/sql.h"

namespace ctt::store {

namespace {

using market::Candle;

Candle read_candle(Query& row) {
  Candle candle;
  row >> candle.open_time >> candle.open >> candle.high >> candle.low >> candle.close >> candle.volume;
  return candle;
}

// Nothing when no candle of it was ever stored.
std::optional<std::int64_t> series_id(Database& database, const SeriesKey& key) {
  Query row(database, "SELECT id FROM candle_series WHERE source = ?1 AND symbol = ?2 AND timeframe = ?3",
            key.source, key.symbol, key.timeframe.name());
  return first(row, [](Query& found) { return found.get<std::int64_t>(); });
}

std::int64_t make_series(Transaction& change, const SeriesKey& key) {
  if (const auto id = series_id(change, key)) return *id;
  Query(change, "INSERT INTO candle_series (source, symbol, timeframe) VALUES (?1, ?2, ?3)", key.source,
        key.symbol, key.timeframe.name())
      .run();
  return *series_id(change, key);
}

// Rows of one statement when all are new: a statement costs as much as some rows.
constexpr std::size_t kRowsAtOnce = 64;

const std::string& insert_many() {
  static const std::string sql = [] {
    std::string text = "INSERT INTO candles (series_id, open_time, open, high, low, close, volume) VALUES ";
    for (std::size_t row = 0; row < kRowsAtOnce; ++row) {
      const auto at = 6 * row + 1;  // ?1 is the series, in every row
      text += fmt::format("{}(?1, ?{}, ?{}, ?{}, ?{}, ?{}, ?{})", row == 0 ? "" : ", ", at + 1, at + 2,
                          at + 3, at + 4, at + 5, at + 6);
    }
    return text;
  }();
  return sql;
}

/// The statements of one upsert; prepared once, run for every candle.
class Writer {
 public:
  Writer(Transaction& change, const SeriesKey& key, base::Instant now)
      : series_(make_series(change, key)),
        now_(now),
        insert_(change,
                "INSERT INTO candles (series_id, open_time, open, high, low, close, volume) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING"),
        stored_(change,
                "SELECT open_time, open, high, low, close, volume FROM candles WHERE series_id = ?1 AND "
                "open_time = ?2"),
        keep_(change,
              "INSERT INTO candle_revisions (series_id, open_time, revision, replaced_at, open, high, low, "
              "close, volume) "
              "SELECT series_id, open_time, (SELECT count(*) + 1 FROM candle_revisions "
              "WHERE series_id = ?1 AND open_time = ?2), ?3, open, high, low, close, volume "
              "FROM candles WHERE series_id = ?1 AND open_time = ?2"),
        replace_(change,
                 "UPDATE candles SET open = ?3, high = ?4, low = ?5, close = ?6, volume = ?7 "
                 "WHERE series_id = ?1 AND open_time = ?2") {}

  /// Writes candles of which none is stored, each time once, in order; returns how many, a multiple of
  /// kRowsAtOnce.
  std::size_t write_new(Transaction& change, std::span<const Candle> candles) {
    Query many(change, insert_many());
    std::size_t written = 0;
    for (; written + kRowsAtOnce <= candles.size(); written += kRowsAtOnce) {
      many.again().set(1, series_);
      int at = 1;
      for (const auto& c : candles.subspan(written, kRowsAtOnce)) {
        many.set(at + 1, c.open_time).set(at + 2, c.open).set(at + 3, c.high);
        many.set(at + 4, c.low).set(at + 5, c.close).set(at + 6, c.volume);
        at += 6;
      }
      many.run();
    }
    return written;
  }

  /// True when the candles are in order, each time once, and none of their stretch is stored.
  bool all_new(Transaction& change, std::span<const Candle> candles) {
    const bool in_order = std::ranges::adjacent_find(candles, std::ranges::greater_equal{},
                                                     &Candle::open_time) == candles.end();
    if (!in_order) return false;
    Query stored(change, "SELECT 1 FROM candles WHERE series_id = ?1 AND open_time BETWEEN ?2 AND ?3 LIMIT 1",
                 series_, candles.front().open_time, candles.back().open_time);
    return !stored.next();
  }

  void write(const Candle& c, Upserted& counts) {
    if (insert_.bind(series_, c.open_time, c.open, c.high, c.low, c.close, c.volume).run() == 1) {
      ++counts.inserted;
      return;
    }
    stored_.bind(series_, c.open_time).next();
    if (market::same_values(read_candle(stored_), c)) {
      ++counts.unchanged;
      return;
    }
    keep_.bind(series_, c.open_time, now_).run();
    replace_.bind(series_, c.open_time, c.open, c.high, c.low, c.close, c.volume).run();
    ++counts.revised;
    counts.revised_at.push_back(c.open_time);
    counts.first_revised = std::min(counts.first_revised.value_or(c.open_time), c.open_time);
  }

 private:
  std::int64_t series_;
  base::Instant now_;
  Query insert_, stored_, keep_, replace_;
};

struct Interval {
  base::Seconds first;
  base::Seconds last;
};

// What is covered and touches the range, oldest first.
std::vector<Interval> covered(Database& database, std::optional<std::int64_t> series,
                              const market::TimeRange& range, std::chrono::seconds reach) {
  Query rows(database,
             "SELECT first, last FROM candle_coverage WHERE series_id = ?1 AND last >= ?2 AND first <= ?3 "
             "ORDER BY first",
             series, range.first - reach, range.last + reach);
  return all(rows, [](Query& row) {
    Interval interval;
    row >> interval.first >> interval.last;
    return interval;
  });
}

}  // namespace

Upserted& Upserted::operator+=(const Upserted& more) {
  inserted += more.inserted;
  unchanged += more.unchanged;
  revised += more.revised;
  if (more.first_revised)
    first_revised = std::min(first_revised.value_or(*more.first_revised), *more.first_revised);
  revised_at.insert(revised_at.end(), more.revised_at.begin(), more.revised_at.end());
  return *this;
}

namespace candles {

Upserted upsert(Transaction& change, const SeriesKey& key, std::span<const Candle> candles,
                base::Instant now) {
  Upserted counts;
  if (candles.empty()) return counts;
  Writer writer(change, key, now);
  if (candles.size() >= kRowsAtOnce && writer.all_new(change, candles)) {
    counts.inserted = writer.write_new(change, candles);
    candles = candles.subspan(counts.inserted);
  }
  for (const auto& candle : candles) writer.write(candle, counts);
  return counts;
}

void cover(Transaction& change, const SeriesKey& key, const market::TimeRange& range) {
  if (range.last < range.first) return;
  const auto series = make_series(change, key);
  const auto width = key.timeframe.duration();
  Interval whole{key.timeframe.floor(range.first), key.timeframe.floor(range.last)};
  for (const auto& known : covered(change, series, {whole.first, whole.last}, width)) {
    whole = {std::min(whole.first, known.first), std::max(whole.last, known.last)};
    Query(change, "DELETE FROM candle_coverage WHERE series_id = ?1 AND first = ?2", series, known.first)
        .run();
  }
  Query(change, "INSERT INTO candle_coverage (series_id, first, last) VALUES (?1, ?2, ?3)", series,
        whole.first, whole.last)
      .run();
}

std::vector<market::TimeRange> uncovered(Database& database, const SeriesKey& key,
                                         const market::TimeRange& range) {
  const auto width = key.timeframe.duration();
  std::vector<market::TimeRange> open;
  auto next = key.timeframe.floor(range.first);
  if (next < range.first) next += width;
  const auto last = key.timeframe.floor(range.last);
  for (const auto& known : covered(database, series_id(database, key), range, std::chrono::seconds(0))) {
    if (known.first > next) open.push_back({next, std::min(known.first - width, last)});
    next = std::max(next, known.last + width);
  }
  if (next <= last) open.push_back({next, last});
  return open;
}

std::size_t remove(Transaction& change, const SeriesKey& key) {
  const auto series = series_id(change, key);
  if (!series) return 0;
  Query(change, "DELETE FROM candle_revisions WHERE series_id = ?1", *series).run();
  Query(change, "DELETE FROM candle_coverage WHERE series_id = ?1", *series).run();
  const auto count = Query(change, "DELETE FROM candles WHERE series_id = ?1", *series).run();
  Query(change, "DELETE FROM candle_series WHERE id = ?1", *series).run();
  return static_cast<std::size_t>(count);
}

market::CandleSeries range(Database& database, const SeriesKey& key, const market::TimeRange& range) {
  Query rows(database,
             "SELECT open_time, open, high, low, close, volume FROM candles "
             "WHERE series_id = ?1 AND open_time BETWEEN ?2 AND ?3 ORDER BY open_time",
             series_id(database, key), range.first, range.last);
  return {key.symbol, key.timeframe, all(rows, read_candle)};
}

market::CandleSeries newest(Database& database, const SeriesKey& key, std::size_t count,
                            std::optional<base::Seconds> last) {
  Query rows(database,
             "SELECT open_time, open, high, low, close, volume FROM candles "
             "WHERE series_id = ?1 AND open_time <= ?2 ORDER BY open_time DESC LIMIT ?3",
             series_id(database, key), last.value_or(base::Seconds::max()), count);
  auto candles = all(rows, read_candle);
  std::ranges::reverse(candles);
  return {key.symbol, key.timeframe, std::move(candles)};
}

CandleStats stats(Database& database, const SeriesKey& key) {
  Query row(database, "SELECT count(*), min(open_time), max(open_time) FROM candles WHERE series_id = ?1",
            series_id(database, key));
  row.next();
  CandleStats stats;
  stats.count = static_cast<std::size_t>(row.get<std::int64_t>());
  if (stats.count > 0) {
    market::TimeRange range;
    row >> range.first >> range.last;
    stats.range = range;
  }
  return stats;
}

std::vector<CandleRevision> revisions(Database& database, const SeriesKey& key, base::Seconds open_time) {
  Query rows(database,
             "SELECT open_time, open, high, low, close, volume, replaced_at FROM candle_revisions "
             "WHERE series_id = ?1 AND open_time = ?2 ORDER BY revision",
             series_id(database, key), open_time);
  return all(rows, [](Query& row) {
    CandleRevision revision;
    revision.before = read_candle(row);
    row >> revision.replaced_at;
    return revision;
  });
}

RevisedBars revised_bars(Database& database, const SeriesKey& key, const market::TimeRange& range) {
  Query row(database,
            "SELECT count(DISTINCT open_time), min(open_time) FROM candle_revisions "
            "WHERE series_id = ?1 AND open_time BETWEEN ?2 AND ?3",
            series_id(database, key), range.first, range.last);
  row.next();
  RevisedBars bars{static_cast<std::size_t>(row.get<std::int64_t>()), {}};
  if (bars.count > 0) bars.first = row.get<base::Seconds>();
  return bars;
}

}  // namespace candles
}  // namespace ctt::store
