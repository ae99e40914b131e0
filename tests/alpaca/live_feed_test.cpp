#include "alpaca/live_feed.h"

#include <doctest/doctest.h>

#include "alpaca/live_rig.h"
#include "base/error.h"
#include "support/reference.h"

namespace ctt {

using namespace support;
using namespace std::chrono_literals;

namespace {

// Four bars, with `fault` somewhere in the second.
void run_with(LiveRig& rig, const std::string& fault) {
  rig.open();
  rig.run(7);
  rig.server.fault(fault);
  rig.run_until_bars(4, 20);
  check_same(rig.bars(), rig.truth(4));
}

TEST_CASE("bars are what REST says of them, each once, without a request while the stream is whole") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.open();
  const auto asked = rig.minute_requests();
  rig.run_until_bars(6, 31);
  check_same(rig.bars(), rig.truth(6));
  CHECK(rig.connections() == 1);
  CHECK(rig.minute_requests() == asked);
  CHECK(rig.feed->corrections() == 0);
}

TEST_CASE("a bar in the making at the start is whole when it is given") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.server.call("POST", "/clock", R"({"advance_s":180})");
  rig.clock.set(rig.server.now());
  rig.open();
  rig.run_until_bars(2, 12);
  check_same(rig.bars(), rig.truth(2));
}

TEST_CASE("history ends where the first bar begins") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.server.advance(3s);
  rig.clock.set(rig.server.now());  // REST is sure of a bar two seconds after its end
  rig.open();
  const auto history = rig.feed->history(30);
  REQUIRE(history.size() == 30);
  CHECK(history.back().open_time == rig.start() - 5min);
  CHECK(history.front().open_time == rig.start() - 150min);
  rig.run_until_bars(1, 6);
  CHECK(rig.bars().front().open_time == rig.start());
}

TEST_CASE("a bar that has just ended at the start is still to be decided on") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  alpaca::LiveFeedOptions options;
  options.timeframe = market::Timeframe::parse("5m");
  options.stream = rig.stream_options;
  alpaca::LiveFeed feed(options, rig.server.credentials(), rig.wide, rig.minutes, rig.clock);
  const auto ended = options.timeframe.newest_closed(rig.clock.now());  // half a second ago
  CHECK(feed.history(5).back().open_time == ended - 5min);
  rig.clock.advance(10s);
  trader::FeedEvent event;
  for (int i = 0; i < 100 && event.kind != trader::FeedEvent::Kind::bar; ++i) event = feed.next(20ms);
  CHECK(event.bar.candle.open_time == ended);
}

// A bar ended a minute ago. Whether it still comes depends on which bar was acted on before.
TEST_CASE("a bar whose end was missed by a restart comes once, while it is worth acting on") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.server.advance(1min);
  rig.clock.set(rig.server.now());
  const auto ended = rig.timeframe.newest_closed(rig.clock.now());
  const struct {
    std::optional<base::Seconds> last_acted;
    std::chrono::seconds missed_within;
    base::Seconds first;
  } cases[] = {{{}, 105s, ended + 5min},
               {ended - 5min, 105s, ended},
               {ended - 5min, 30s, ended + 5min},
               {ended - 10min, 105s, ended},
               {ended - 10min, 400s, ended - 5min},
               {ended, 105s, ended + 5min},
               {ended + 5min, 105s, ended + 5min},
               {ended + 24h, 105s, ended + 5min}};
  for (const auto& start : cases) {
    CAPTURE(base::to_rfc3339(start.last_acted.value_or(base::Seconds())));
    CAPTURE(start.missed_within.count());
    alpaca::LiveFeedOptions options;
    options.timeframe = rig.timeframe;
    options.stream = rig.stream_options;
    options.last_acted = start.last_acted;
    options.missed_within = start.missed_within;
    alpaca::LiveFeed feed(options, rig.server.credentials(), rig.wide, rig.minutes, rig.clock);
    CHECK(feed.history(5).back().open_time == start.first - 5min);
    if (start.first > ended) continue;
    trader::FeedEvent event;
    for (int i = 0; i < 100 && event.kind != trader::FeedEvent::Kind::bar; ++i) event = feed.next(20ms);
    CHECK(event.bar.candle.open_time == start.first);
  }
}

TEST_CASE("a bar that was acted on right before a restart does not come again") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.server.advance(3s);
  rig.clock.set(rig.server.now());  // REST is sure of a bar two seconds after its end
  alpaca::LiveFeedOptions options;
  options.timeframe = rig.timeframe;
  options.stream = rig.stream_options;
  options.last_acted = rig.timeframe.newest_closed(rig.clock.now());
  alpaca::LiveFeed feed(options, rig.server.credentials(), rig.wide, rig.minutes, rig.clock);
  CHECK(feed.history(5).back().open_time == *options.last_acted);
}

TEST_CASE("bars that are refused at the start are asked for again with patience") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.server.advance(3s);
  rig.clock.set(rig.server.now());
  alpaca::LiveFeedOptions options;
  options.timeframe = rig.timeframe;
  options.stream = rig.stream_options;
  const auto refuse = [&](const std::string& how) {
    rig.server.fault(R"({"match":{"path":"/v1beta3/crypto/us/bars"},"fault":"status",)" + how + "}");
  };
  SUBCASE("it passes") {
    options.start = alpaca::StartupRetry(10s, {}, {.first = 1ms, .longest = 10ms, .at_least = 1ms});
    for (const char* how :
         {R"("status":401)", R"("status":403)", R"("status":404,"html":true)", R"("status":400)"})
      refuse(how);
    refuse(R"("status":200,"json":{"bars":{},"next_page_token":null})");
    rig.server.fault(
        R"({"match":{"path":"/v1beta3/crypto/us/latest/bars"},"fault":"status","status":200,"json":{"bars":{}}})");
    alpaca::LiveFeed feed(options, rig.server.credentials(), rig.wide, rig.minutes, rig.clock);
    CHECK(feed.history(5).size() == 5);
  }
  SUBCASE("by hand the first one ends it, and is no error of usage") {
    refuse(R"("status":404,"html":true)");
    alpaca::LiveFeed feed(options, rig.server.credentials(), rig.wide, rig.minutes, rig.clock);
    try {
      static_cast<void>(feed.history(5));
      FAIL("it was not refused");
    } catch (const base::Error& error) {
      CHECK(error.failure() == base::Failure::refused);
    }
  }
}

TEST_CASE("connections that end are made again, and what was missed is fetched") {
  if (!live_server()) return;
  for (const char* fault :
       {R"({"fault":"cut"})", R"({"fault":"close_frame"})", R"({"fault":"cut","times":3})",
        R"({"fault":"error"})", R"({"fault":"error","code":407})", R"({"fault":"silence","pong":false})"}) {
    CAPTURE(fault);
    LiveRig rig(*live_server());
    run_with(rig, fault);
    CHECK(rig.waits_until([&] { return rig.connections() >= 2; }));
    CHECK(rig.connections() <= 5);
    CHECK(rig.feed->corrections() == 0);
  }
}

TEST_CASE(
    "minutes that are withheld, doubled, late, spoiled or oddly wrapped neither lose nor double a bar") {
  if (!live_server()) return;
  for (const char* fault :
       {R"({"fault":"missing_bar"})", R"({"fault":"missing_bar","times":4})", R"({"fault":"duplicate_bar"})",
        R"({"fault":"late_bar"})", R"({"fault":"late_bar","bars":3})", R"({"fault":"unknown_type"})",
        R"({"fault":"extra_fields"})", R"({"fault":"merge_next"})", R"({"fault":"fragments"})",
        R"({"fault":"garbage"})",
        R"({"fault":"garbage","text":"[{\"T\":\"b\",\"S\":\"BTC/USD\",\"c\":null}]"})"}) {
    CAPTURE(fault);
    LiveRig rig(*live_server());
    run_with(rig, fault);
    CHECK(rig.connections() == 1);
  }
}

TEST_CASE("a stream that keeps its last minute of a bar back does not make the bar wrong") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.open();
  rig.run(4);
  rig.server.fault(R"({"fault":"missing_bar"})");
  rig.run_until_bars(1, 2);
  check_same(rig.bars(), rig.truth(1));
}

TEST_CASE("a correction counts while its bar is open and is noted afterwards") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.open();
  rig.run(2);
  SUBCASE("open") {
    rig.server.fault(R"({"fault":"corrected_bar","bars":1})");
    rig.run_until_bars(2, 12);
    check_same(rig.bars(), rig.truth(2));
    CHECK(rig.feed->corrections() == 0);
  }
  SUBCASE("given") {
    rig.server.fault(R"({"fault":"corrected_bar","bars":2,"after":2})");
    rig.run_until_bars(3, 15);
    const auto corrected = rig.truth(3);
    CHECK(rig.bars()[0].close == doctest::Approx(corrected[0].close - 1));
    CHECK(rig.bars()[1].close == corrected[1].close);
    CHECK(rig.feed->corrections() == 1);
  }
}

TEST_CASE("while the stream is gone bars come by REST") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.open();
  rig.run(2);
  rig.server.fault(R"({"match":{"path":"/v1beta3/crypto/us"},"fault":"status","status":503,"times":null})");
  rig.server.call("POST", "/stream", R"({"do":"cut"})");
  rig.run(14);
  rig.clock.advance(10s);  // the stream would close the third bar by its next minute; REST needs the clock
  REQUIRE(rig.waits_until([&] { return rig.bars().size() >= 3; }));
  check_same(rig.bars(), rig.truth(3));
  CHECK(rig.connections() == 1);
  rig.server.call("DELETE", "/faults");
  rig.clock.set(rig.server.now());
  rig.run_until_bars(5, 12);
  check_same(rig.bars(), rig.truth(5));
  CHECK(rig.connections() == 2);
}

TEST_CASE("without stream and REST no bar is made up; all of them come, in order, when REST is back") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.open();
  rig.run(3);
  rig.server.fault(
      R"([{"match":{"path":"/v1beta3/crypto/us"},"fault":"status","status":503,"times":null},
          {"match":{"path":"/v1beta3/crypto/us/bars"},"fault":"status","status":500,"times":null}])");
  rig.server.call("POST", "/stream", R"({"do":"cut"})");
  rig.run(18);
  CHECK(rig.bars().empty());
  rig.server.call("DELETE", "/faults");
  rig.run_until_bars(5, 10);
  check_same(rig.bars(), rig.truth(5));
}

TEST_CASE("an answer that knows nothing of the symbol is asked for again") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.open();
  rig.run(2);
  rig.server.fault(R"([
    {"fault":"missing_bar"},
    {"match":{"path":"/v1beta3/crypto/us/bars"},"fault":"status","status":200,
     "json":{"bars":{},"next_page_token":null}},
    {"match":{"path":"/v1beta3/crypto/us/latest/bars"},"fault":"status","status":200,"json":{"bars":{}}}])");
  rig.run_until_bars(2, 12);
  check_same(rig.bars(), rig.truth(2));
  CHECK(rig.server.requests("/v1beta3/crypto/us/latest/bars").size() == 1);
}

// A gateway's page is no verdict on symbol or keys with which bars came a minute ago.
TEST_CASE("a refusal while minutes are filled in is waited out") {
  if (!live_server()) return;
  for (const int status : {400, 401, 403, 404}) {
    CAPTURE(status);
    LiveRig rig(*live_server());
    rig.open();
    rig.run(2);
    rig.server.fault(fmt::format(
        R"([{{"fault":"missing_bar"}},
            {{"match":{{"path":"/v1beta3/crypto/us/bars"}},"fault":"status","status":{},"html":true}}])",
        status));
    rig.run_until_bars(2, 12);
    check_same(rig.bars(), rig.truth(2));
  }
}

TEST_CASE("an open socket without bars is left when REST has bars, and kept when the market is quiet") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.stream_options.silent_after = 200ms;
  rig.open();
  rig.run(2);
  SUBCASE("the stream is silent") {
    rig.server.fault(R"({"fault":"silence","pong":true})");
    rig.run(2);
    REQUIRE(rig.waits_until([&] { return rig.connections() == 2; }));
    rig.run_until_bars(3, 16);
    check_same(rig.bars(), rig.truth(3));
    CHECK(rig.connections() <= 3);
  }
  SUBCASE("the market is quiet") {
    const auto asked = rig.minute_requests();
    rig.clock.advance(2min);
    CHECK(rig.waits_until([&] { return rig.minute_requests() >= asked + 3; }));  // looked three times
    CHECK(rig.connections() == 1);
  }
}

TEST_CASE("an impossible minute is left out and asked for, a minute of the future as well") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.open();
  rig.run(2);
  const auto next = base::to_rfc3339(rig.start() + 2min);
  for (const auto& minute :
       {R"({"T":"b","S":"BTC/USD","o":1,"h":1,"l":2,"c":1,"v":1,"n":1,"vw":1,"t":")" + next + R"("})",
        std::string(R"({"T":"b","S":"BTC/USD","o":1,"h":1,"l":1,"c":1,"v":1,"t":"2099-01-01T00:00:00Z"})"),
        std::string(R"({"T":"b","S":"ETH/USD","o":1,"h":1,"l":1,"c":1,"v":1,"t":")" + next + R"("})")}) {
    rig.server.call("POST", "/stream", R"({"do":"send","messages":[)" + minute + "]}");
  }
  rig.run_until_bars(2, 12);
  check_same(rig.bars(), rig.truth(2));
}

TEST_CASE("real minutes with gaps make the same hours by stream as by REST") {
  const auto file = reference("data/gappy-1m.csv");
  if (!file || !FakeAlpaca::usable()) return;
  FakeAlpaca server({"--candles", file->string(), "--clock", "2017-11-04T23:30:00Z", "--rate-limit", "0"});
  LiveRig rig(server, "1h");
  rig.open();
  constexpr int kHours = 108;
  rig.run(60 * kHours + 1, 61);
  const auto expected = rig.truth(kHours);
  CHECK(expected.size() > 100);
  REQUIRE(rig.waits_until([&] { return rig.bars().size() >= expected.size(); }));
  check_same(rig.bars(), expected);
  CHECK(rig.connections() == 1);
}

}  // namespace
}  // namespace ctt
