#include "alpaca/bar_source.h"

#include <doctest/doctest.h>

#include "alpaca/fake_server.h"
#include "alpaca/hours.h"
#include "base/error.h"
#include "market/csv.h"
#include "support/scratch.h"

namespace ctt {

using alpaca::BarSource;
using base::Failure;
using market::TimeRange;
using namespace support;
using namespace std::chrono_literals;

namespace {

constexpr int kHours = 1000;
constexpr const char* kBars = "/v1beta3/crypto/us/bars";

// One server for all cases of this file: a thousand hours in pages of a hundred, half a minute after the last.
struct Market {
  Scratch scratch;
  FakeAlpaca server{{"--candles",
                     write(scratch / "hours.csv", market::to_csv(hour_candles(0, kHours))).string(),
                     "--timeframe", "1h", "--page-rows", "100", "--page-minutes", "0", "--rate-limit", "0"}};
  base::ManualClock clock{hour(kHours) + 30s};

  Market() { server.advance(30s); }
};

Market* market_of_this_file() {
  static const auto market = FakeAlpaca::usable() ? std::make_unique<Market>() : nullptr;
  if (market) market->server.call("POST", "/reset");
  return market.get();
}

alpaca::BarOptions quick() {
  alpaca::BarOptions options;
  options.retry.backoff = {.first = 1ms, .longest = 4ms};
  options.late_bar_wait = 1ms;
  options.requests_per_minute = 60'000;
  return options;
}

BarSource source_of(Market& market, const std::string& symbol = "BTC/USD", alpaca::HttpOptions http = {},
                    alpaca::BarOptions options = quick()) {
  return {market.server.endpoints(), std::nullopt, symbol, market::Timeframe::parse("1h"), market.clock,
          std::move(http),           options};
}

TimeRange hours(int first, int last) { return {hour(first), hour(last)}; }

Failure failure_of(BarSource& source, const TimeRange& range, std::string* sentence = nullptr) {
  try {
    static_cast<void>(source.closed_candles(range));
  } catch (const base::Error& error) {
    if (sentence != nullptr) *sentence = error.what();
    return error.failure();
  }
  FAIL("nothing went wrong");
  return Failure::internal;
}

}  // namespace

TEST_CASE("pages are followed to their end, and the bars come once and in order") {
  auto* market = market_of_this_file();
  if (market == nullptr) return;
  auto source = source_of(*market);
  CHECK(source.closed_candles(hours(0, kHours - 1)) == hour_candles(0, kHours));
  CHECK(market->server.requests(kBars).size() == 10);
  CHECK(source.closed_candles(hours(5, 7)) == hour_candles(5, 3));
}

TEST_CASE("the forming bar is not there, neither is one that closed this second") {
  auto* market = market_of_this_file();
  if (market == nullptr) return;
  auto source = source_of(*market);
  CHECK(source.closed_candles(hours(kHours - 2, kHours + 5)) == hour_candles(kHours - 2, 2));

  base::ManualClock early(hour(kHours) - 1s);  // by this clock the newest bar still forms
  BarSource behind(market->server.endpoints(), std::nullopt, "BTC/USD", market::Timeframe::parse("1h"), early,
                   {}, quick());
  CHECK(behind.closed_candles(hours(kHours - 2, kHours + 5)) == hour_candles(kHours - 2, 1));
  CHECK(behind.counts().forming > 0);
}

TEST_CASE("a clock that is ahead does not make a bar closed: the server's Date does") {
  auto* market = market_of_this_file();
  if (market == nullptr) return;
  base::ManualClock ahead(hour(kHours + 1) + 30s);
  BarSource source(market->server.endpoints(), std::nullopt, "BTC/USD", market::Timeframe::parse("1h"), ahead,
                   {}, quick());
  CHECK(source.closed_candles(hours(kHours - 2, kHours)) == hour_candles(kHours - 2, 2));
}

TEST_CASE("a fault that passes costs another request and no bar") {
  auto* market = market_of_this_file();
  if (market == nullptr) return;
  struct Case {
    std::string fault;
    std::size_t more_requests;
  };
  const Case cases[] = {
      {R"({"fault":"status","status":500,"times":2})", 2},
      {R"({"fault":"status","status":502,"html":true,"match":{"page":2}})", 1},
      {R"({"fault":"status","status":503,"retry_after":0})", 1},
      {R"({"fault":"status","status":504})", 1},
      {R"({"fault":"status","status":429})", 1},
      {R"({"fault":"status","status":429,"rate_headers":true,"reset_in":0})", 1},
      {R"({"fault":"html","status":200})", 1},
      {R"({"fault":"reset"})", 1},
      {R"({"fault":"close","match":{"page":2}})", 1},
      {R"({"fault":"half_body"})", 1},
      {R"({"fault":"half_body","reset":true,"match":{"page":2}})", 1},
      {R"({"fault":"bad_json","times":2})", 2},
      {R"({"fault":"delay","seconds":0.05})", 0},
      {R"({"fault":"content_type","value":"text/plain"})", 0},
      {R"({"fault":"replace","find":"\"c\":","with":"\"new\":[1,{}],\"c\":","count":null})", 0},
      {R"({"fault":"repeat_token"})", 1},
      {R"({"fault":"repeat_token","match":{"page":2}})", 1},
      {R"({"fault":"overlap","bars":7,"match":{"page":2}})", 0},
      {R"({"fault":"duplicate_rows","bars":3})", 0},
      {R"({"fault":"reverse_rows","match":{"page":2}})", 0},
      {R"({"fault":"short_page","rows":10})", 1},
      {R"({"fault":"empty_page","match":{"page":2},"times":3})", 3},
      {R"({"fault":"empty_final_page","times":null})", 1},
      {R"({"fault":"no_token"})", 0},
      {R"({"fault":"null_bars","match":{"page":2},"times":1})", 1},
  };
  for (const auto& [fault, more_requests] : cases) {
    CAPTURE(fault);
    market->server.call("POST", "/reset");
    market->server.fault(fault);
    auto source = source_of(*market);
    const auto bars = source.closed_candles(hours(0, kHours - 1));
    CHECK(bars == hour_candles(0, kHours));
    CHECK(market->server.requests(kBars).size() <= 10 + more_requests);
  }
}

TEST_CASE("a server that hangs or drips is left after the time that was given") {
  auto* market = market_of_this_file();
  if (market == nullptr) return;
  alpaca::HttpOptions http;
  http.total_timeout = 300ms;
  for (const std::string fault :
       {R"({"fault":"hang"})", R"({"fault":"drip","bytes":16,"interval_s":0.05})"}) {
    CAPTURE(fault);
    market->server.call("POST", "/reset");
    market->server.fault(fault);
    auto source = source_of(*market, "BTC/USD", http);
    CHECK(source.closed_candles(hours(0, 150)) == hour_candles(0, 151));
    CHECK(market->server.requests(kBars).size() == 3);
  }
}

TEST_CASE("a fault that stays is an error of its kind, after a bounded number of requests") {
  auto* market = market_of_this_file();
  if (market == nullptr) return;
  struct Case {
    std::string fault;
    Failure failure;
    const char* words;
  };
  const Case cases[] = {
      {R"({"fault":"status","status":500,"times":null})", Failure::unreachable, "HTTP 500"},
      {R"({"fault":"status","status":429,"times":null})", Failure::unreachable, "HTTP 429"},
      {R"({"fault":"status","status":503,"retry_after":3600,"times":null})", Failure::unreachable,
       "HTTP 503"},
      {R"({"fault":"status","status":401,"html":true,"times":null})", Failure::keys, "refuses the keys"},
      {R"({"fault":"status","status":400,"json":{"message":"no such thing"},"times":null})", Failure::usage,
       "no such thing"},
      {R"({"fault":"status","status":302,"headers":{"Location":"https://example.com"},"times":null})",
       Failure::unreachable, "HTTP 302"},
      {R"({"fault":"html","times":null})", Failure::unreachable, "not JSON"},
      {R"({"fault":"bad_json","times":null})", Failure::unreachable, "not JSON"},
      {R"({"fault":"reset","times":null})", Failure::unreachable, "connection lost"},
      {R"({"fault":"huge","bytes":20000000,"times":null})", Failure::unreachable, "answer too large"},
      {R"({"fault":"empty_page","times":null})", Failure::data_blocked, "in a circle"},
  };
  for (const auto& [fault, failure, words] : cases) {
    CAPTURE(fault);
    market->server.call("POST", "/reset");
    market->server.fault(fault);
    auto source = source_of(*market);
    std::string sentence;
    CHECK(failure_of(source, hours(0, kHours - 1), &sentence) == failure);
    CHECK_MESSAGE(sentence.find(words) != std::string::npos, sentence);
    CHECK(sentence.find('<') == std::string::npos);
    CHECK(market->server.requests(kBars).size() <= 50);
  }
}

TEST_CASE("what came before a fault that stays is handed on") {
  auto* market = market_of_this_file();
  if (market == nullptr) return;
  market->server.fault(R"({"fault":"status","status":500,"after":3,"times":null})");
  auto source = source_of(*market);
  std::vector<market::Candle> got;
  CHECK_THROWS_AS(source.each_piece(hours(0, kHours - 1),
                                    [&](auto rows) { got.insert(got.end(), rows.begin(), rows.end()); }),
                  base::Error);
  CHECK(got == hour_candles(0, 300));
}

TEST_CASE("a null price comes as not-a-number, for the window to judge") {
  auto* market = market_of_this_file();
  if (market == nullptr) return;
  market->server.fault(R"({"fault":"replace","find":"\"v\":","with":"\"v\":null,\"w\":"})");
  auto source = source_of(*market);
  const auto bars = source.closed_candles(hours(0, 2));
  REQUIRE(bars.size() == 3);
  CHECK(std::isnan(bars[0].volume));
  CHECK(bars[1] == hour_candle(1));
}

TEST_CASE("a bar that has just closed and is not there yet is asked for again, a few times") {
  auto* market = market_of_this_file();
  if (market == nullptr) return;
  base::ManualClock clock(hour(kHours) + 3s);
  BarSource source(market->server.endpoints(), std::nullopt, "BTC/USD", market::Timeframe::parse("1h"), clock,
                   {}, quick());
  // Its row names another symbol the first time: as good as absent.
  market->server.fault(R"({"fault":"null_bars"})");
  CHECK(source.closed_candles(hours(kHours - 1, kHours - 1)).size() <= 1);
  market->server.fault(R"({"fault":"short_page","rows":1})");
  CHECK(source.closed_candles(hours(kHours - 2, kHours - 1)) == hour_candles(kHours - 2, 2));
}

TEST_CASE("a pair that Alpaca does not know is told, one without bars in a range is not") {
  auto* market = market_of_this_file();
  if (market == nullptr) return;
  auto unknown = source_of(*market, "BTK/USD");
  std::string sentence;
  CHECK(failure_of(unknown, hours(0, 10), &sentence) == Failure::not_found);
  CHECK_MESSAGE(sentence.find("no bars of BTK/USD") != std::string::npos, sentence);

  BarSource with_keys(market->server.endpoints(), market->server.credentials(), "BTK/USD",
                      market::Timeframe::parse("1h"), market->clock, {}, quick());
  failure_of(with_keys, hours(0, 10), &sentence);
  CHECK_MESSAGE(sentence.find("BTC/USD") != std::string::npos, sentence);

  auto before_listing = source_of(*market);
  CHECK(before_listing.closed_candles(hours(-20, -10)).empty());
}

TEST_CASE("a symbol that is no pair is refused before anything is asked") {
  for (const char* symbol : {"BTCUSD", "btc/usd", "BTC/", "/USD", "A/B/C", ""}) {
    CAPTURE(symbol);
    CHECK_THROWS_AS(alpaca::checked_pair(symbol), base::Error);
  }
  CHECK(alpaca::checked_pair("BTC/USD") == "BTC/USD");
  try {
    alpaca::checked_pair("ethusdt");
  } catch (const base::Error& error) {
    CHECK(std::string(error.what()).ends_with("write ETH/USDT"));
  }
}

TEST_CASE("wrong keys are refused and named as that; without keys candles come") {
  auto* market = market_of_this_file();
  if (market == nullptr) return;
  const alpaca::Credentials wrong{alpaca::Secret("PKWRONGWRONG"), alpaca::Secret("not-the-secret-at-all"),
                                  "a test"};
  BarSource source(market->server.endpoints(), wrong, "BTC/USD", market::Timeframe::parse("1h"),
                   market->clock, {}, quick());
  std::string sentence;
  CHECK(failure_of(source, hours(0, 10), &sentence) == Failure::keys);
  CHECK(sentence.find("PKWRONG") == std::string::npos);
  CHECK(sentence.find("not-the-secret") == std::string::npos);

  BarSource right(market->server.endpoints(), market->server.credentials(), "BTC/USD",
                  market::Timeframe::parse("1h"), market->clock, {}, quick());
  CHECK(right.closed_candles(hours(0, 10)).size() == 11);
}

TEST_CASE("a stop ends the wait between two tries") {
  auto* market = market_of_this_file();
  if (market == nullptr) return;
  market->server.fault(R"({"fault":"status","status":503,"retry_after":50,"times":null})");
  alpaca::HttpOptions http;
  int looks = 0;
  http.stopping = [&] { return ++looks > 5; };
  auto source = source_of(*market, "BTC/USD", http);
  std::string sentence;
  CHECK(failure_of(source, hours(0, 10), &sentence) == Failure::unreachable);
  CHECK(sentence.find("stopped") != std::string::npos);
}

}  // namespace ctt
