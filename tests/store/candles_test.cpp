#include "store/candles.h"

#include <cmath>
#include <limits>

#include "store/sample.h"

namespace ctt {

using namespace sample;
using market::Candle;
using store::SeriesKey;

namespace {

const SeriesKey kHourly{"alpaca", "BTC/USD", market::Timeframe::parse("1h")};

Candle candle(int hour, double close) {
  return {bar("2026-11-23T00:00:00Z") + std::chrono::hours(hour), close - 1, close + 2, close - 3, close, 5};
}

store::Upserted upsert(store::Database& database, const SeriesKey& key, const std::vector<Candle>& candles) {
  return change(database,
                [&](store::Transaction& t) { return store::candles::upsert(t, key, candles, kNoon); });
}

}  // namespace

TEST_CASE("an upsert tells new, known and revised candles apart and keeps what it replaced") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  CHECK(upsert(database, kHourly, {candle(0, 100), candle(1, 101)}).inserted == 2);

  const auto second = upsert(database, kHourly, {candle(0, 100), candle(1, 111), candle(2, 102)});
  CHECK(second.inserted == 1);
  CHECK(second.unchanged == 1);
  CHECK(second.revised == 1);
  CHECK(second.first_revised == candle(1, 0).open_time);
  CHECK(upsert(database, kHourly, {candle(1, 121)}).revised == 1);

  const market::TimeRange day{candle(0, 0).open_time, candle(23, 0).open_time};
  CHECK(store::candles::range(database, kHourly, day).candles ==
        std::vector{candle(0, 100), candle(1, 121), candle(2, 102)});
  const auto revisions = store::candles::revisions(database, kHourly, candle(1, 0).open_time);
  REQUIRE(revisions.size() == 2);
  CHECK(revisions[0].before == candle(1, 101));
  CHECK(revisions[1].before == candle(1, 111));
  CHECK(revisions[1].replaced_at == kNoon);
  const auto revised = store::candles::revised_bars(database, kHourly, day);
  CHECK(revised.count == 1);
  CHECK(revised.first == candle(1, 0).open_time);
  CHECK_FALSE(store::candles::revised_bars(database, kHourly, {day.last, day.last}).first);
}

TEST_CASE("the newest candles end where they are asked to end") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  upsert(database, kHourly, {candle(0, 100), candle(1, 101), candle(2, 102), candle(3, 103)});

  CHECK(store::candles::newest(database, kHourly, 2).candles == std::vector{candle(2, 102), candle(3, 103)});
  CHECK(store::candles::newest(database, kHourly, 2, candle(2, 0).open_time).candles ==
        std::vector{candle(1, 101), candle(2, 102)});
  const auto stats = store::candles::stats(database, kHourly);
  CHECK(stats.count == 4);
  CHECK(stats.range->first == candle(0, 0).open_time);
  CHECK(stats.range->last == candle(3, 0).open_time);
}

TEST_CASE("sources, symbols and timeframes are kept apart") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  upsert(database, kHourly, {candle(0, 100)});
  const SeriesKey made_up{"dataset:demo", "BTC/USD", kHourly.timeframe};

  CHECK_FALSE(store::candles::stats(database, made_up).range);
  CHECK(store::candles::newest(database, made_up, 5).candles.empty());
  CHECK(upsert(database, made_up, {candle(0, 7)}).inserted == 1);
  CHECK(store::candles::newest(database, kHourly, 1).candles.at(0).close == 100);
}

TEST_CASE("forgetting a series takes its candles and revisions and nobody else's") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  const SeriesKey made_up{"dataset:demo", "BTC/USD", kHourly.timeframe};
  upsert(database, kHourly, {candle(0, 100)});
  upsert(database, made_up, {candle(0, 7), candle(1, 8)});
  upsert(database, made_up, {candle(0, 9)});
  const auto remove = [&] {
    return change(database, [&](store::Transaction& t) { return store::candles::remove(t, made_up); });
  };
  CHECK(remove() == 2);
  CHECK(remove() == 0);
  CHECK(store::candles::stats(database, made_up).count == 0);
  CHECK(store::candles::revisions(database, made_up, candle(0, 0).open_time).empty());
  CHECK(store::candles::stats(database, kHourly).count == 1);
}

TEST_CASE("bad values come back as they went in and do not count as revised again and again") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  auto bad = candle(0, 100);
  bad.high = std::numeric_limits<double>::quiet_NaN();
  bad.low = -std::numeric_limits<double>::infinity();
  upsert(database, kHourly, {bad});

  CHECK(upsert(database, kHourly, {bad}).unchanged == 1);
  const auto stored = store::candles::newest(database, kHourly, 1).candles.at(0);
  CHECK(std::isnan(stored.high));
  CHECK(stored.low == bad.low);
}

TEST_CASE("prices keep every bit") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  auto odd = candle(0, 0.1 + 0.2);
  upsert(database, kHourly, {odd});
  CHECK(store::candles::newest(database, kHourly, 1).candles.at(0) == odd);
}

TEST_CASE("many new candles go in at once, and one that is stored or double sends them one by one") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  std::vector<Candle> many;
  for (int hour = 0; hour < 300; ++hour) many.push_back(candle(hour, 100 + hour % 5));
  many[10].volume = std::numeric_limits<double>::quiet_NaN();
  const auto first = upsert(database, kHourly, {many.begin() + 100, many.begin() + 200});
  CHECK(first.inserted == 100);

  many[150].close += 1;
  const auto all = upsert(database, kHourly, many);
  CHECK(all.inserted == 200);
  CHECK(all.unchanged == 99);
  CHECK(all.revised_at == std::vector{many[150].open_time});
  const market::TimeRange range{many.front().open_time, many.back().open_time};
  const auto stored = store::candles::range(database, kHourly, range).candles;
  REQUIRE(stored.size() == 300);
  CHECK(std::isnan(stored[10].volume));
  CHECK(stored[299] == many[299]);

  const SeriesKey other{"alpaca", "ETH/USD", kHourly.timeframe};
  many.insert(many.begin() + 100, many[99]);
  const auto twice = upsert(database, other, many);
  CHECK(twice.inserted == 300);
  CHECK(twice.unchanged == 1);
}

TEST_CASE("a year of minute bars goes in within seconds") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  std::vector<Candle> many;
  for (int i = 0; i < 100'000; ++i) {
    many.push_back({bar("2026-01-01T00:00:00Z") + std::chrono::minutes(i), 1, 2, 0.5, 1.5, 3});
  }
  const auto begin = std::chrono::steady_clock::now();
  CHECK(upsert(database, kHourly, many).inserted == many.size());
  const auto middle = std::chrono::steady_clock::now();
  CHECK(upsert(database, kHourly, many).unchanged == many.size());
  const std::chrono::duration<double> insert_s = middle - begin;
  const std::chrono::duration<double> again_s = std::chrono::steady_clock::now() - middle;
  MESSAGE("rows/s: ", static_cast<int>(many.size() / insert_s.count()), " new, ",
          static_cast<int>(many.size() / again_s.count()), " known");
  CHECK(insert_s.count() < 10);
}

TEST_CASE("what a source has answered about is covered, whether it had candles there or not") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  const auto hours = [](int first, int last) {
    return market::TimeRange{candle(first, 0).open_time, candle(last, 0).open_time};
  };
  const auto open = [&](int first, int last) {
    std::vector<std::pair<int, int>> found;
    for (const auto& range : store::candles::uncovered(database, kHourly, hours(first, last))) {
      found.emplace_back((range.first - candle(0, 0).open_time) / std::chrono::hours(1),
                         (range.last - candle(0, 0).open_time) / std::chrono::hours(1));
    }
    return found;
  };
  const auto cover = [&](int first, int last) {
    change(database, [&](store::Transaction& t) { store::candles::cover(t, kHourly, hours(first, last)); });
  };
  using Ranges = std::vector<std::pair<int, int>>;
  CHECK(open(0, 9) == Ranges{{0, 9}});
  cover(2, 3);
  cover(7, 7);
  CHECK(open(0, 9) == Ranges{{0, 1}, {4, 6}, {8, 9}});
  CHECK(open(2, 3).empty());
  SUBCASE("neighbours and overlaps become one stretch") {
    cover(4, 6);
    CHECK(open(1, 8) == Ranges{{1, 1}, {8, 8}});
  }
  SUBCASE("a series that is forgotten is not covered either") {
    upsert(database, kHourly, {candle(2, 100)});
    change(database, [&](store::Transaction& t) { store::candles::remove(t, kHourly); });
    CHECK(open(2, 3) == Ranges{{2, 3}});
  }
}

}  // namespace ctt
