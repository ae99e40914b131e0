#include "cycle/fetch.h"

#include <algorithm>
#include <future>
#include <set>

#include "market/series.h"

namespace ctt::cycle {

namespace {

using base::Seconds;
using market::TimeRange;

// A question costs about as much as this many bars in an answer.
constexpr int kBarsWorthAQuestion = 1000;
constexpr std::size_t kQuestionsMax = 16;
// Bars a transaction holds: enough that its flush to disk is a small part, few enough for the memory.
constexpr std::size_t kBatchBars = 40'000;
// So long after its end a bar that was not there may still come.
constexpr std::chrono::hours kSettled(24);

// Of a source at hand: everything from the first bar that is not stored, less the overlap.
std::vector<TimeRange> questions(store::Database& database, const store::SeriesKey& key,
                                 const TimeRange& wanted, std::size_t overlap) {
  const auto width = key.timeframe.duration();
  auto expected = wanted.first;
  for (const auto& candle : store::candles::range(database, key, wanted).candles) {
    if (candle.open_time != expected) break;
    expected += width;
  }
  if (expected > wanted.last && overlap == 0) return {};
  return {{std::max(wanted.first, expected - width * static_cast<long>(overlap)), wanted.last}};
}

// Ranges that lie close together as one, and all as one when there are many.
std::vector<TimeRange> joined(std::vector<TimeRange> ranges, std::chrono::seconds near) {
  std::ranges::sort(ranges, {}, &TimeRange::first);
  std::vector<TimeRange> result;
  for (const auto& range : ranges) {
    if (!result.empty() && range.first - result.back().last <= near) {
      result.back().last = std::max(result.back().last, range.last);
    } else {
      result.push_back(range);
    }
  }
  if (result.size() > kQuestionsMax) return {{result.front().first, result.back().last}};
  return result;
}

// Of a remote source: what it has not answered about, and the newest bars again, those that are stored and
// those that it did not have: an answer that was wrong does not stay for good.
std::vector<TimeRange> remote_questions(store::Database& database, const store::SeriesKey& key,
                                        const TimeRange& wanted, std::size_t overlap) {
  auto ranges = store::candles::uncovered(database, key, wanted);
  if (overlap > 0) {
    const auto newest = store::candles::newest(database, key, overlap, wanted.last).candles;
    auto first =
        key.timeframe.floor(wanted.last) - key.timeframe.duration() * (static_cast<long>(overlap) - 1);
    if (!newest.empty()) first = std::min(first, newest.front().open_time);
    ranges.push_back({std::max(wanted.first, first), wanted.last});
  }
  return joined(std::move(ranges), key.timeframe.duration() * kBarsWorthAQuestion);
}

// Stores one answer, batch by batch, and notes how far it reached. A batch is stored while the source
// goes on with the next: the database is used by one thread at a time, and by none when this ends.
class Intake {
 public:
  Intake(store::Database& database, const store::SeriesKey& key, const TimeRange& range, bool remote,
         const base::Clock& clock, FetchReport& report)
      : database_(database),
        key_(key),
        range_(range),
        uncovered_from_(range.first),
        remote_(remote),
        clock_(clock),
        report_(report) {}

  void take(std::span<const market::Candle> candles) {
    report_.asked += candles.size();
    pending_.insert(pending_.end(), candles.begin(), candles.end());
    if (pending_.size() < kBatchBars) return;
    wait();
    auto batch = take_pending();
    reached_ = newest_of(batch);
    storing_ = std::async(std::launch::async,
                          [this, batch = std::move(batch), until = reached_] { return store(batch, until); });
  }

  /// The answer is complete: even a hole at its end is one, when it is old enough.
  void finish() {
    const auto settled = key_.timeframe.newest_closed(clock_.now() - kSettled);
    end(std::min(range_.last, settled));
  }

  /// The answer broke off: what came counts.
  void break_off() { end(Seconds::min()); }

 private:
  // What is stored together: rows in order, each time once, and those that gave way to a later row.
  struct Batch {
    std::vector<market::Candle> rows;
    std::vector<market::Candle> gave_way;
  };

  // A file may have its rows in any order, and both may say two things about one bar.
  Batch take_pending() {
    Batch batch{std::exchange(pending_, {}), {}};
    batch.gave_way = market::put_in_order(batch.rows);
    report_.conflicting += batch.gave_way.size();
    if (!batch.gave_way.empty()) {
      const auto first = batch.gave_way.front().open_time;
      report_.first_conflicting = std::min(report_.first_conflicting.value_or(first), first);
    }
    return batch;
  }

  Seconds newest_of(const Batch& batch) const {
    return batch.rows.empty() ? reached_ : std::max(reached_, batch.rows.back().open_time);
  }

  void wait() {
    if (storing_.valid()) report_.stored += storing_.get();
  }

  void end(Seconds answered_until) {
    wait();
    const auto batch = take_pending();
    const auto until = std::max(newest_of(batch), answered_until);
    if (!batch.rows.empty() || until >= range_.first) report_.stored += store(batch, until);
  }

  store::Upserted store(const Batch& batch, Seconds answered_until) {
    store::Transaction change(database_);
    auto upserted = store_superseded(change, batch.gave_way);
    upserted += store::candles::upsert(change, key_, batch.rows, clock_.now());
    const TimeRange answered{uncovered_from_, std::min(answered_until, range_.last)};
    if (remote_) store::candles::cover(change, key_, answered);
    change.commit();
    // Not again with the next batch: what was stored may have been dropped since by its age.
    uncovered_from_ = std::max(uncovered_from_, answered.last + key_.timeframe.duration());
    return upserted;
  }

  // Rows that gave way become earlier values of their bars, so that a check and a cycle find them; of a
  // bar that is stored already they are known.
  store::Upserted store_superseded(store::Transaction& change, const std::vector<market::Candle>& gave_way) {
    store::Upserted upserted;
    std::set<Seconds> not_stored;
    for (const auto& row : gave_way) {
      if (store::candles::range(change, key_, {row.open_time, row.open_time}).candles.empty())
        not_stored.insert(row.open_time);
    }
    for (const auto& row : gave_way) {
      if (not_stored.contains(row.open_time))
        upserted += store::candles::upsert(change, key_, {&row, 1}, clock_.now());
    }
    return upserted;
  }

  store::Database& database_;
  const store::SeriesKey& key_;
  TimeRange range_;
  Seconds uncovered_from_;
  bool remote_;
  const base::Clock& clock_;
  FetchReport& report_;
  std::vector<market::Candle> pending_;
  Seconds reached_ = Seconds::min();
  std::future<store::Upserted> storing_;  // the last: its end is waited for before the rest goes
};

}  // namespace

FetchReport fetch(store::Database& database, market::CandleSource& source, const store::SeriesKey& key,
                  const TimeRange& wanted, const base::Clock& clock, std::size_t overlap) {
  FetchReport report;
  fetch(database, source, key, wanted, clock, overlap, report);
  return report;
}

void fetch(store::Database& database, market::CandleSource& source, const store::SeriesKey& key,
           const TimeRange& wanted, const base::Clock& clock, std::size_t overlap, FetchReport& report) {
  report.asked_for = source.remote() ? remote_questions(database, key, wanted, overlap)
                                     : questions(database, key, wanted, overlap);
  for (const auto& range : report.asked_for) {
    Intake intake(database, key, range, source.remote(), clock, report);
    try {
      source.each_piece(range, [&](std::span<const market::Candle> candles) { intake.take(candles); });
    } catch (...) {
      intake.break_off();
      throw;
    }
    intake.finish();
  }
  report.revised = report.stored.revised_at;
  std::ranges::sort(report.revised);
  report.revised.erase(std::unique(report.revised.begin(), report.revised.end()), report.revised.end());
}

base::Seconds newest_bar(market::CandleSource& source, const market::Timeframe& timeframe,
                         base::Instant now) {
  const auto newest = timeframe.newest_closed(now);
  const auto available = source.available();
  return available ? std::min(newest, available->last) : newest;
}

base::Seconds window_end(store::Database& database, const market::CandleSource& source,
                         const store::SeriesKey& key, base::Seconds newest) {
  if (!source.remote()) return newest;
  const auto stored = store::candles::newest(database, key, 1, newest).candles;
  return window_end(stored.empty() ? std::nullopt : std::optional(stored.back().open_time), newest,
                    key.timeframe);
}

base::Seconds window_end(std::optional<base::Seconds> newest_stored, base::Seconds newest,
                         const market::Timeframe& timeframe) {
  const auto oldest_accepted = newest - kLateBarsMax * timeframe.duration();
  return newest_stored && *newest_stored >= oldest_accepted ? *newest_stored : newest;
}

}  // namespace ctt::cycle
