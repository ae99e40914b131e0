#include "cycle/fetch.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "support/scratch.h"

namespace ctt {

using market::Candle;
using market::TimeRange;
using namespace std::chrono_literals;

namespace {

const store::SeriesKey kHourly{"alpaca", "BTC/USD", market::Timeframe::parse("1h")};

base::Seconds hour(int index) {
  return base::Seconds(std::chrono::sys_days(std::chrono::year(2025) / 1 / 1)) + std::chrono::hours(index);
}

Candle candle(int index, double close = 100) { return {hour(index), close, close + 1, close - 1, close, 5}; }

// Has the hours that it was given, and remembers what it was asked for.
class Remote : public market::CandleSource {
 public:
  explicit Remote(int hours) {
    for (int index = 0; index < hours; ++index) candles[hour(index)] = candle(index);
  }

  std::map<base::Seconds, Candle> candles;
  std::vector<std::pair<int, int>> asked;  // as indices
  std::size_t bars_before_it_breaks = SIZE_MAX;

  std::vector<Candle> closed_candles(const TimeRange& range) override {
    asked.emplace_back((range.first - hour(0)) / 1h, (range.last - hour(0)) / 1h);
    std::vector<Candle> found;
    for (auto at = candles.lower_bound(range.first); at != candles.end() && at->first <= range.last; ++at)
      found.push_back(at->second);
    return found;
  }
  void each_piece(const TimeRange& range, const std::function<void(std::span<const Candle>)>& take) override {
    for (const auto& row : closed_candles(range)) {
      if (bars_before_it_breaks-- == 0) throw base::Error(base::Failure::unreachable, "gone");
      take({&row, 1});
    }
  }
  bool remote() const override { return true; }
};

using Ranges = std::vector<std::pair<int, int>>;

struct Desk {
  support::Scratch scratch;
  store::Database database{scratch / "ctt.db"};
  base::ManualClock clock{hour(5000)};

  cycle::FetchReport fetch(Remote& source, int first, int last, std::size_t overlap = 12) {
    source.asked.clear();
    return cycle::fetch(database, source, kHourly, {hour(first), hour(last)}, clock, overlap);
  }
  std::size_t stored() { return store::candles::stats(database, kHourly).count; }
};

}  // namespace

TEST_CASE("a second fetch asks for the overlap and what is new, and tells revised bars") {
  Desk desk;
  Remote source(3000);
  CHECK(desk.fetch(source, 0, 1999).stored.inserted == 2000);
  CHECK(source.asked == Ranges{{0, 1999}});
  desk.fetch(source, 0, 1999);
  CHECK(source.asked == Ranges{{1988, 1999}});

  source.candles[hour(1995)] = candle(1995, 101);
  const auto report = desk.fetch(source, 0, 2004);
  CHECK(source.asked == Ranges{{1988, 2004}});
  CHECK(report.stored.inserted == 5);
  CHECK(report.revised == std::vector{hour(1995)});
  CHECK(store::candles::revisions(desk.database, kHourly, hour(1995)).size() == 1);
}

TEST_CASE("a hole of the source is asked for once, a hole of our own is closed") {
  Desk desk;
  Remote source(4000);
  for (int index = 100; index < 110; ++index) source.candles.erase(hour(index));
  desk.fetch(source, 0, 500);
  desk.fetch(source, 3000, 3500);  // 501 .. 2999 were never asked for
  CHECK(desk.stored() == 992);
  desk.fetch(source, 0, 3500, 0);
  CHECK(source.asked == Ranges{{501, 2999}});
  CHECK(desk.stored() == 3491);
  desk.fetch(source, 0, 3500, 0);
  CHECK(source.asked.empty());
}

TEST_CASE("missing stretches that lie close together are one question") {
  Desk desk;
  Remote source(4000);
  desk.fetch(source, 100, 200, 0);
  desk.fetch(source, 300, 400, 0);
  desk.fetch(source, 2000, 3500, 0);
  desk.fetch(source, 50, 3600, 0);
  CHECK(source.asked == Ranges{{50, 1999}, {3501, 3600}});
}

TEST_CASE("a hole at the end of an answer is asked for again until it is a day old") {
  Desk desk;
  Remote source(90);
  desk.clock.set(hour(100));
  desk.fetch(source, 0, 99, 0);
  desk.fetch(source, 0, 99, 0);
  CHECK(source.asked == Ranges{{90, 99}});
  desk.clock.set(hour(124));
  desk.fetch(source, 0, 99, 0);
  desk.fetch(source, 0, 99, 0);
  CHECK(source.asked.empty());
}

TEST_CASE("a week that is not there is not a hole before it has ended and a day has passed") {
  Desk desk;
  const store::SeriesKey weekly{"alpaca", "BTC/USD", market::Timeframe::parse("1w")};
  Remote source(0);
  const auto monday = weekly.timeframe.floor(hour(200));
  const auto questions = [&](base::Instant now) {
    desk.clock.set(now);
    source.asked.clear();
    cycle::fetch(desk.database, source, weekly, {monday, monday}, desk.clock, 0);
    return source.asked.size();
  };
  CHECK(questions(monday + 24h * 7 - 1h) == 1);
  CHECK(questions(monday + 24h * 7 + 20s) == 1);
  CHECK(questions(monday + 24h * 8) == 1);
  CHECK(questions(monday + 24h * 8) == 0);
}

TEST_CASE("rows of a file that say two things about one bar are counted, and the later counts") {
  Desk desk;
  class File : public market::CandleSource {
    std::vector<Candle> closed_candles(const TimeRange&) override {
      return {candle(0), candle(2), candle(1, 200), candle(2), candle(1, 300)};
    }
  } source;
  const auto report = cycle::fetch(desk.database, source, kHourly, {hour(0), hour(2)}, desk.clock, 0);
  CHECK(report.conflicting == 1);
  CHECK(report.first_conflicting == hour(1));
  CHECK(report.revised == std::vector{hour(1)});
  const auto stored = store::candles::newest(desk.database, kHourly, 10).candles;
  CHECK(stored == std::vector{candle(0), candle(1, 300), candle(2)});
  CHECK(cycle::fetch(desk.database, source, kHourly, {hour(0), hour(2)}, desk.clock, 0).revised.empty());
}

TEST_CASE("the newest bars that a source did not have are asked for with those that it had") {
  Desk desk;
  Remote source(0);
  desk.fetch(source, 0, 50, 0);
  CHECK(desk.fetch(source, 0, 50, 0).asked == 0);
  CHECK(source.asked.empty());
  source.candles = Remote(51).candles;
  CHECK(desk.fetch(source, 0, 50, 12).stored.inserted == 12);
  CHECK(desk.fetch(source, 0, 50, 100).stored.inserted == 39);
}

TEST_CASE("what came before a source broke off stays, and the next fetch goes on from there") {
  Desk desk;
  Remote source(1000);
  source.bars_before_it_breaks = 400;
  CHECK_THROWS_AS(desk.fetch(source, 0, 999), base::Error);
  CHECK(desk.stored() == 400);
  source.bars_before_it_breaks = SIZE_MAX;
  CHECK(desk.fetch(source, 0, 999).stored.inserted == 600);
  CHECK(source.asked == Ranges{{388, 999}});
}

TEST_CASE("a window of a remote source may end a few bars early, one of a file may not") {
  Desk desk;
  Remote source(98);
  desk.fetch(source, 0, 99);
  const auto end = [&](const market::CandleSource& of, int newest) {
    return (cycle::window_end(desk.database, of, kHourly, hour(newest)) - hour(0)) / 1h;
  };
  CHECK(end(source, 97) == 97);
  CHECK(end(source, 100) == 97);
  CHECK(end(source, 101) == 101);  // four are missing: that is stale, and says so
}

}  // namespace ctt
