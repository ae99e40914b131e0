#include "alpaca/minute_bars.h"

#include <doctest/doctest.h>

#include "market/csv.h"
#include "support/reference.h"

namespace ctt::alpaca {
namespace {

using namespace std::chrono_literals;
using market::Candle;
using market::Timeframe;

const base::Seconds kNoon{std::chrono::sys_days{std::chrono::year{2031} / 3 / 4} + 12h};  // a Tuesday

// A minute after noon that opens at `open`, closes one higher and reaches one beyond both.
Candle minute(int after_noon, double open, double volume = 1) {
  return {kNoon + std::chrono::minutes(after_noon), open, open + 2, open - 1, open + 1, volume};
}

MinuteBars bars(const char* timeframe, base::Seconds first = kNoon) {
  return {Timeframe::parse(timeframe), first, 3s};
}

TEST_CASE("a bar opens with its first minute, closes with its last and spans them all") {
  auto hours = bars("1h");
  hours.take(minute(0, 100, 0.5));
  hours.take(minute(1, 120, 0.25));
  hours.take(minute(59, 90, 0.125));
  CHECK(hours.take_closed(kNoon + 1h + 3s) == std::vector<Candle>{{kNoon, 100, 122, 89, 91, 0.875}});
}

TEST_CASE("a bar closes three seconds after its end, or as soon as a later minute is there") {
  auto hours = bars("1h");
  hours.take(minute(59, 100));
  CHECK(hours.take_closed(kNoon + 1h).empty());
  CHECK(hours.take_closed(kNoon + 1h + 2999ms).empty());
  SUBCASE("by the clock") { CHECK(hours.take_closed(kNoon + 1h + 3s).size() == 1); }
  SUBCASE("by the next minute") {
    hours.take(minute(60, 100));
    CHECK(hours.take_closed(kNoon + 1h + 500ms).size() == 1);
  }
  SUBCASE("but not before its end, when a minute comes from a clock ahead of ours") {
    hours.take(minute(60, 100));
    CHECK(hours.take_closed(kNoon + 1h - 1ms).empty());
  }
}

TEST_CASE("a bar is given once and bars come in order") {
  auto five = bars("5m");
  for (const int at : {12, 3, 7, 0, 12}) five.take(minute(at, 100 + at));
  const auto closed = five.take_closed(kNoon + 1h);
  REQUIRE(closed.size() == 3);
  CHECK(closed[0] == Candle{kNoon, 100, 105, 99, 104, 2});
  CHECK(closed[1].open_time == kNoon + 5min);
  CHECK(closed[2].open_time == kNoon + 10min);
  CHECK(five.take_closed(kNoon + 2h).empty());
}

TEST_CASE("minutes that are missing are left out, and a stretch without any gives no bar") {
  auto five = bars("5m");
  five.take(minute(1, 100));
  five.take(minute(11, 110));
  const auto closed = five.take_closed(kNoon + 1h);
  REQUIRE(closed.size() == 2);
  CHECK(closed[0] == Candle{kNoon, 100, 102, 99, 101, 1});
  CHECK(closed[1].open_time == kNoon + 10min);
}

TEST_CASE("a minute without trades moves prices and adds no volume") {
  auto five = bars("5m");
  five.take(minute(0, 100, 2));
  five.take({kNoon + 1min, 105, 105, 105, 105, 0});
  CHECK(five.take_closed(kNoon + 1h) == std::vector<Candle>{{kNoon, 100, 105, 99, 105, 2}});
}

TEST_CASE("a minute that comes twice counts once") {
  auto five = bars("5m");
  five.take(minute(0, 100, 2));
  five.take(minute(0, 100, 2));
  CHECK(five.take_closed(kNoon + 1h).front().volume == 2);
}

TEST_CASE("a correction replaces a minute of a bar that is still open") {
  auto five = bars("5m");
  five.take(minute(0, 100));
  five.take(minute(1, 200));
  CHECK_FALSE(five.take(minute(1, 110)));
  CHECK(five.take_closed(kNoon + 1h) == std::vector<Candle>{{kNoon, 100, 112, 99, 111, 2}});
}

TEST_CASE("a correction of a bar that was given is told and changes nothing") {
  auto five = bars("5m");
  five.take(minute(4, 100));
  const auto given = five.take_closed(kNoon + 5min + 3s);
  REQUIRE(given.size() == 1);
  const auto correction = five.take(minute(4, 101));
  REQUIRE(correction);
  CHECK(correction->given == given.front());
  CHECK(correction->corrected == Candle{kNoon, 101, 103, 100, 102, 1});
  CHECK_FALSE(five.take(minute(4, 101)));  // the same again
  CHECK(five.take_closed(kNoon + 1h).empty());
}

TEST_CASE("a bar that was passed over is not given later, however its minutes turn up") {
  auto one = bars("1m");
  one.take(minute(1, 100));
  REQUIRE(one.take_closed(kNoon + 2min + 3s).size() == 1);
  const auto late = one.take(minute(0, 90));
  REQUIRE(late);
  CHECK_FALSE(late->given);
  CHECK(late->corrected.open_time == kNoon);
  CHECK(one.take_closed(kNoon + 1h).empty());
}

TEST_CASE("a late minute still makes its bar while no later bar was given") {
  auto one = bars("1m");
  CHECK(one.take_closed(kNoon + 90s).empty());
  one.take(minute(0, 100));
  CHECK(one.take_closed(kNoon + 90s).size() == 1);
}

TEST_CASE("minutes before the first bar and long before the newest are ignored") {
  auto five = bars("5m");
  CHECK_FALSE(five.take(minute(-1, 100)));
  CHECK_FALSE(five.newest_minute());
  five.take(minute(30, 100));
  REQUIRE(five.take_closed(kNoon + 1h).size() == 1);
  CHECK_FALSE(five.take(minute(20, 100)));
  CHECK(five.newest_minute() == kNoon + 30min);
}

// 2031-03-04 is a Tuesday: its week opened on the 3rd.
TEST_CASE("bars of every width open on the UTC grid, weeks on Monday") {
  const auto midnight = kNoon - 12h;
  const struct {
    const char* timeframe;
    base::Seconds open_time;
  } cases[] = {{"1m", kNoon + 47min}, {"5m", kNoon + 45min}, {"15m", kNoon + 45min}, {"1h", kNoon},
               {"4h", kNoon},         {"1d", midnight},      {"1w", midnight - 24h}};
  for (const auto& expected : cases) {
    CAPTURE(expected.timeframe);
    auto gathered = bars(expected.timeframe, midnight - 48h);
    gathered.take(minute(47, 100));
    const auto end = expected.open_time + Timeframe::parse(expected.timeframe).duration();
    CHECK(gathered.take_closed(end + 2s).empty());
    const auto closed = gathered.take_closed(end + 3s);
    REQUIRE(closed.size() == 1);
    CHECK(closed.front().open_time == expected.open_time);
  }
}

// The plain way: one pass over the rows of a file.
std::vector<Candle> hours_of(const std::vector<Candle>& minutes) {
  std::vector<Candle> hours;
  for (const auto& row : minutes) {
    const auto hour = std::chrono::floor<std::chrono::hours>(row.open_time);
    if (hours.empty() || hours.back().open_time != hour) {
      hours.push_back(row);
      hours.back().open_time = hour;
      continue;
    }
    auto& bar = hours.back();
    bar.high = std::max(bar.high, row.high);
    bar.low = std::min(bar.low, row.low);
    bar.close = row.close;
    bar.volume += row.volume;
  }
  return hours;
}

TEST_CASE("real minutes with gaps make the same hours live as they do from their file") {
  const auto file = support::reference("data/gappy-1m.csv");
  if (!file) return;
  const auto minutes = market::read_csv(*file);
  const auto expected = hours_of(minutes);
  REQUIRE(expected.size() > 100);

  MinuteBars live(Timeframe::parse("1h"), expected.front().open_time, 3s);
  std::vector<Candle> given;
  for (const auto& row : minutes) {
    std::ranges::copy(live.take_closed(row.open_time + 61s), std::back_inserter(given));
    CHECK_FALSE(live.take(row));
  }
  std::ranges::copy(live.take_closed(minutes.back().open_time + 2h), std::back_inserter(given));
  CHECK(given == expected);
}

}  // namespace
}  // namespace ctt::alpaca
