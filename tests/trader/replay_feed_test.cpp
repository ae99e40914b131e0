#include "trader/replay_feed.h"

#include "rig.h"

namespace ctt::trader {
namespace {

using namespace std::chrono_literals;

market::CandleSeries hourly(std::size_t rows) {
  return {"BTC/USD", market::Timeframe::parse("1h"), walk(rows, 1)};
}

TEST_CASE("a replay gives its history first, then every bar once and in order") {
  const auto series = hourly(10);
  ReplayFeed feed(series);
  CHECK_FALSE(feed.live());
  const auto history = feed.history(4);
  REQUIRE(history.size() == 4);
  CHECK(history.front() == series.candles[0]);
  for (std::size_t i = 4; i < 10; ++i) {
    const auto event = feed.next(1s);
    REQUIRE(event.kind == FeedEvent::Kind::bar);
    CHECK(event.bar.candle == series.candles[i]);
    CHECK(event.bar.width == series.timeframe);
    CHECK(event.bar.last == (i == 9));
  }
  CHECK(feed.next(1s).kind == FeedEvent::Kind::ended);
  CHECK(feed.next(1s).kind == FeedEvent::Kind::ended);
}

TEST_CASE("a history longer than the file takes all there is") {
  ReplayFeed feed(hourly(3));
  CHECK(feed.history(10).size() == 3);
  CHECK(feed.next(1s).kind == FeedEvent::Kind::ended);
}

TEST_CASE("a paced replay is idle between bars") {
  ReplayFeed feed(hourly(3), {.bars_per_second = 20, .factor = 0});
  CHECK(feed.next(0ms).kind == FeedEvent::Kind::bar);
  CHECK(feed.next(1ms).kind == FeedEvent::Kind::idle);
  const auto began = std::chrono::steady_clock::now();
  CHECK(feed.next(10s).kind == FeedEvent::Kind::bar);
  CHECK(feed.next(10s).kind == FeedEvent::Kind::bar);
  const auto took = std::chrono::steady_clock::now() - began;
  CHECK(took > 60ms);  // two bars at 50 ms, less the wait above
  CHECK(took < 5s);
}

TEST_CASE("a speed factor is relative to the width of a bar") {
  ReplayFeed feed(hourly(2), {.bars_per_second = 0, .factor = 72'000});  // an hour in 50 ms
  CHECK(feed.next(0ms).kind == FeedEvent::Kind::bar);
  CHECK(feed.next(1ms).kind == FeedEvent::Kind::idle);
  CHECK(feed.next(10s).kind == FeedEvent::Kind::bar);
}

TEST_CASE("a speed that is no positive number is refused") {
  CHECK_THROWS(ReplayFeed(hourly(2), {.bars_per_second = -1, .factor = 0}));
  CHECK_THROWS(ReplayFeed(hourly(2), {.bars_per_second = 0, .factor = std::nan("")}));
}

}  // namespace
}  // namespace ctt::trader
