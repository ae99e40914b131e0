#include "cycle/fetch.h"

#include <algorithm>
#include <future>

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
// Up to this age a bar that was not there may still come.
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

// Of a remote source: what it has not answered about, and the newest stored bars again.
std::vector<TimeRange> remote_questions(store::Database& database, const store::SeriesKey& key,
                                        const TimeRange& wanted, std::size_t overlap) {
  auto ranges = store::candles::uncovered(database, key, wanted);
  const auto newest =
      store::candles::newest(database, key, std::max<std::size_t>(overlap, 1), wanted.last).candles;
  if (overlap > 0 && !newest.empty() && newest.back().open_time >= wanted.first)
    ranges.push_back({std::max(wanted.first, newest.front().open_time), newest.back().open_time});
  return joined(std::move(ranges), key.timeframe.duration() * kBarsWorthAQuestion);
}

// Rows by time, the later of equal ones: a file may have them in any order, and twice.
void put_in_order(std::vector<market::Candle>& rows) {
  const auto time = &market::Candle::open_time;
  if (std::ranges::adjacent_find(rows, std::ranges::greater_equal{}, time) == rows.end()) return;
  std::ranges::stable_sort(rows, {}, time);
  const auto later = std::unique(rows.rbegin(), rows.rend(),
                                 [&](const auto& a, const auto& b) { return a.open_time == b.open_time; });
  rows.erase(rows.begin(), later.base());
}

// Stores one answer, batch by batch, and notes how far it reached. A batch is stored while the source
// goes on with the next: the database is used by one thread at a time, and by none when this ends.
class Intake {
 public:
  Intake(store::Database& database, const store::SeriesKey& key, const TimeRange& range, bool remote,
         const base::Clock& clock, FetchReport& report)
      : database_(database), key_(key), range_(range), remote_(remote), clock_(clock), report_(report) {}

  void take(std::span<const market::Candle> candles) {
    report_.asked += candles.size();
    pending_.insert(pending_.end(), candles.begin(), candles.end());
    if (pending_.size() < kBatchBars) return;
    wait();
    put_in_order(pending_);
    reached_ = newest();
    storing_ = std::async(std::launch::async, [this, batch = std::exchange(pending_, {}), until = reached_] {
      return store(batch, until);
    });
  }

  /// The answer is complete: even a hole at its end is one, when it is old enough.
  void finish() {
    const auto settled = key_.timeframe.floor(clock_.now() - kSettled);
    end(std::min(range_.last, settled));
  }

  /// The answer broke off: what came counts.
  void break_off() { end(Seconds::min()); }

 private:
  Seconds newest() const {
    return pending_.empty() ? reached_ : std::max(reached_, pending_.back().open_time);
  }

  void wait() {
    if (storing_.valid()) report_.stored += storing_.get();
  }

  void end(Seconds answered_until) {
    wait();
    put_in_order(pending_);
    const auto until = std::max(newest(), answered_until);
    if (!pending_.empty() || until >= range_.first) report_.stored += store(pending_, until);
  }

  store::Upserted store(const std::vector<market::Candle>& batch, Seconds answered_until) {
    store::Transaction change(database_);
    auto upserted = store::candles::upsert(change, key_, batch, clock_.now());
    if (remote_) store::candles::cover(change, key_, {range_.first, std::min(answered_until, range_.last)});
    change.commit();
    return upserted;
  }

  store::Database& database_;
  const store::SeriesKey& key_;
  TimeRange range_;
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
  return report;
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
  const auto oldest_accepted = newest - kLateBarsMax * key.timeframe.duration();
  return stored.empty() || stored.back().open_time < oldest_accepted ? newest : stored.back().open_time;
}

}  // namespace ctt::cycle
