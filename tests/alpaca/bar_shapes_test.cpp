#include <doctest/doctest.h>
#include <fmt/format.h>

#include "alpaca/bar_source.h"
#include "alpaca/body_server.h"
#include "base/error.h"
#include "cycle/fetch.h"
#include "support/scratch.h"

// What a dataset makes of answers that are not what was asked for, and of days and weeks.

namespace ctt {

using alpaca::BarSource;
using base::Failure;
using market::Candle;
using market::Timeframe;
using support::BodyServer;
using namespace std::chrono_literals;

namespace {

constexpr const char* kBars = "/v1beta3/crypto/us/bars";
constexpr const char* kLatest = "/v1beta3/crypto/us/latest/bars";
constexpr const char* kKnown =
    R"({"bars":{"BTC/USD":{"t":"2024-07-18T06:00:00Z","o":1,"h":1,"l":1,"c":1,"v":1}}})";

base::Seconds at(std::string_view text) {
  return std::chrono::floor<std::chrono::seconds>(base::parse_time(text));
}

alpaca::BarOptions quick() {
  alpaca::BarOptions options;
  options.retry.backoff = {.first = 1ms, .longest = 2ms};
  options.late_bar_wait = 1ms;
  options.requests_per_minute = 60'000;
  return options;
}

/// A dataset of one width at a server that says what it is told to.
struct Desk {
  explicit Desk(const std::string& width) : key{"alpaca", "BTC/USD", Timeframe::parse(width)} {}

  support::Scratch scratch;
  store::Database database{scratch / "ctt.db"};
  base::ManualClock clock{base::parse_time("2024-11-20T12:00:20Z")};
  BodyServer server;
  store::SeriesKey key;

  cycle::FetchReport fetch(const std::string& from, const std::string& to, std::size_t overlap = 0) {
    BarSource source(server.endpoints(), std::nullopt, "BTC/USD", key.timeframe, clock, {}, quick());
    return cycle::fetch(database, source, key, {at(from), at(to)}, clock, overlap);
  }
  std::vector<Candle> stored() { return store::candles::newest(database, key, 1000).candles; }
};

std::string row(std::string_view time, double price, double volume = 1) {
  return fmt::format(R"({{"t":"{}","o":{},"h":{},"l":{},"c":{},"v":{},"n":1,"vw":1}})", time, price,
                     price + 2, price - 2, price + 1, volume);
}

std::string page(const std::vector<std::string>& rows) {
  return fmt::format(R"({{"bars":{{"BTC/USD":[{}]}},"next_page_token":null}})", fmt::join(rows, ","));
}

// Hours from `first` on whose price is the number of the hour.
std::string hours(std::string_view first, int count) {
  std::vector<std::string> rows;
  for (int hour = 0; hour < count; ++hour)
    rows.push_back(row(base::to_rfc3339(at(first) + std::chrono::hours(hour)), 100 + hour));
  return page(rows);
}

}  // namespace

TEST_CASE("an answer that is not one about bars is unreachable, and nothing counts as answered") {
  Desk desk("1m");
  for (const std::string body :
       {R"({"code":40410000,"message":"asset not found for FAKE"})", "{}", R"({"bars":[]})",
        R"({"bars":{"BTC/USD":{}}})", R"({"id":"1","status":"ACTIVE","cash":"4000.32"})",
        R"({"quotes":{"BTC/USD":[]},"next_page_token":null})", R"({"bars":{"ETH/USD":[]}})", "[]", "null",
        "7"}) {
    CAPTURE(body);
    desk.server.answer({200, body});
    try {
      desk.fetch("2024-07-18T05:02:00Z", "2024-07-18T05:03:00Z");
      FAIL("the answer was believed");
    } catch (const base::Error& error) {
      CHECK(error.failure() == Failure::unreachable);
      CHECK_MESSAGE(std::string(error.what()).find("cannot be read") != std::string::npos, error.what());
    }
  }
  desk.server.answer({200, page({row("2024-07-18T05:02:00Z", 100), row("2024-07-18T05:03:00Z", 101)})});
  CHECK(desk.fetch("2024-07-18T05:02:00Z", "2024-07-18T05:03:00Z").stored.inserted == 2);
}

TEST_CASE("a latest bar of another shape does not make a symbol known or unknown") {
  Desk desk("1m");
  const std::string none = R"({"bars":{},"next_page_token":null})";
  const auto failure = [&](const std::string& latest) {
    desk.server.answer({{200, none, kBars}, {200, latest, kLatest}});
    try {
      desk.fetch("2024-07-18T05:02:00Z", "2024-07-18T05:03:00Z");
    } catch (const base::Error& error) {
      return std::optional(error.failure());
    }
    return std::optional<Failure>();
  };
  CHECK(failure(R"({"message":"asset not found"})") == Failure::unreachable);
  CHECK(failure(R"({"bars":[]})") == Failure::unreachable);
  CHECK(failure(R"({"bars":{"BTC/USD":[]}})") == Failure::unreachable);
  CHECK(failure(R"({"bars":{}})") == Failure::not_found);
  CHECK_FALSE(failure(kKnown).has_value());
}

TEST_CASE("an answer without bars is asked for again with the newest bars, and does not stay for good") {
  Desk desk("1m");
  desk.server.answer({{200, R"({"bars":{},"next_page_token":null})", kBars}, {200, kKnown, kLatest}});
  desk.fetch("2024-07-18T05:02:00Z", "2024-07-18T05:03:00Z", 12);
  desk.server.answer({200, page({row("2024-07-18T05:02:00Z", 100), row("2024-07-18T05:03:00Z", 101)})});
  CHECK(desk.fetch("2024-07-18T05:02:00Z", "2024-07-18T05:03:00Z", 0).stored.inserted == 0);
  CHECK(desk.server.requests().empty());
  CHECK(desk.fetch("2024-07-18T05:02:00Z", "2024-07-18T05:03:00Z", 12).stored.inserted == 2);
}

TEST_CASE("of rows of one time that differ the later counts, and they are counted and kept") {
  Desk desk("1h");
  desk.server.answer({200, page({row("2024-07-18T05:00:00Z", 100), row("2024-07-18T05:00:00Z", 200),
                                 row("2024-07-18T05:00:00Z", 200), row("2024-07-18T05:00:00Z", 300)})});
  const auto report = desk.fetch("2024-07-18T05:00:00Z", "2024-07-18T05:00:00Z");
  CHECK(report.conflicting == 2);
  CHECK(report.first_conflicting == at("2024-07-18T05:00:00Z"));
  REQUIRE(desk.stored().size() == 1);
  CHECK(desk.stored()[0].open == 300);
  const auto earlier = store::candles::revisions(desk.database, desk.key, at("2024-07-18T05:00:00Z"));
  REQUIRE(earlier.size() == 2);
  CHECK(earlier[0].before.open == 100);
  CHECK(earlier[1].before.open == 200);

  // The same answer again changes nothing and is told again.
  const auto again = desk.fetch("2024-07-18T05:00:00Z", "2024-07-18T05:00:00Z", 12);
  CHECK(again.conflicting == 2);
  CHECK(again.stored.revised == 0);
  CHECK(store::candles::revisions(desk.database, desk.key, at("2024-07-18T05:00:00Z")).size() == 2);
}

TEST_CASE("days are made of hours on the UTC grid, over both changes of the clock in New York") {
  for (const char* change : {"2024-03-10", "2024-11-03"}) {  // the days of 23 and of 25 hours there
    CAPTURE(change);
    Desk desk("1d");
    const auto midnight = at(change);
    const auto first = base::to_rfc3339(midnight - 24h);
    desk.server.answer({200, hours(first, 72)});
    CHECK(desk.fetch(first, base::to_rfc3339(midnight + 24h)).stored.inserted == 3);
    REQUIRE(desk.server.requests().size() == 1);
    CHECK(desk.server.requests()[0].find("timeframe=1Hour") != std::string::npos);
    const auto days = desk.stored();
    REQUIRE(days.size() == 3);
    for (int day = 0; day < 3; ++day) {
      const double open = 100 + 24 * day;
      CHECK(days[static_cast<std::size_t>(day)] ==
            Candle{midnight + 24h * (day - 1), open, open + 25, open - 2, open + 24, 24});
      CHECK(desk.key.timeframe.on_grid(days[static_cast<std::size_t>(day)].open_time));
    }
  }
}

TEST_CASE("a week is made of the hours from Monday to Sunday, and one that is not over is not there") {
  Desk desk("1w");
  desk.server.answer(
      {200, hours("2024-11-04", 24 * 7 * 2)});  // into the week of the 11th and that of the 18th
  desk.clock.set(base::parse_time("2024-11-17T23:59:59Z"));
  desk.fetch("2024-11-04", "2024-11-11");
  REQUIRE(desk.stored().size() == 1);
  CHECK(desk.stored()[0] == Candle{at("2024-11-04"), 100, 100 + 167 + 2, 98, 100 + 167 + 1, 168});
  desk.clock.set(base::parse_time("2024-11-18T00:00:20Z"));
  desk.fetch("2024-11-04", "2024-11-11");
  CHECK(desk.stored().size() == 2);
}

TEST_CASE("a day lacks the hours that are missing, and is no number where an hour is none") {
  Desk desk("1d");
  auto rows = std::vector{row("2024-07-18T03:00:00Z", 100), row("2024-07-18T20:00:00Z", 50, 3)};
  desk.server.answer({200, page(rows)});
  desk.fetch("2024-07-18", "2024-07-18");
  REQUIRE(desk.stored().size() == 1);
  CHECK(desk.stored()[0] == Candle{at("2024-07-18"), 100, 102, 48, 51, 4});

  rows[0] = R"({"t":"2024-07-18T03:00:00Z","o":1,"h":null,"l":1,"c":1,"v":1})";
  desk.server.answer({200, page(rows)});
  desk.fetch("2024-07-18", "2024-07-18", 1);
  CHECK(std::isnan(desk.stored().at(0).high));
}

TEST_CASE("an hour off the grid is no part of a day") {
  Desk desk("1d");
  desk.server.answer({200, page({row("2024-07-18T03:30:00Z", 100)})});
  CHECK_THROWS_WITH_AS(
      desk.fetch("2024-07-18", "2024-07-18"),
      "the 1h bars of BTC/USD: that of 2024-07-18T03:30:00Z is off the grid; try again later", base::Error);
}

}  // namespace ctt
