#include <regex>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "alpaca/bar_source.h"
#include "alpaca/body_server.h"
#include "alpaca/fake_server.h"
#include "alpaca/order_stream.h"
#include "alpaca/stream_messages.h"
#include "alpaca/trading_client.h"
#include "base/error.h"
#include "base/files.h"
#include "cycle/fetch.h"
#include "market/window.h"
#include "support/reference.h"
#include "support/scratch.h"
#include "trader/bar_check.h"

// Bodies that Alpaca and the tests of its official clients have sent, through our client. They lie in
// the reference data, whose README says where each is from and what a client must make of it; without
// them the cases skip.

namespace ctt {

using alpaca::BarSource;
using alpaca::Decimal;
using base::Failure;
using market::Candle;
using market::Timeframe;
using support::BodyServer;
using namespace std::chrono_literals;

namespace {

constexpr const char* kBars = "/v1beta3/crypto/us/bars";
constexpr const char* kLatest = "/v1beta3/crypto/us/latest/bars";
constexpr const char* kNoBars = R"({"bars":{},"next_page_token":null})";

std::optional<std::string> recorded(const std::string& name) {
  const auto file = support::reference("recorded/" + name);
  return file ? std::optional(base::read_file(*file)) : std::nullopt;
}

base::Seconds at(std::string_view text) {
  return std::chrono::floor<std::chrono::seconds>(base::parse_time(text));
}

/// A dataset and an account at a server that says what it is told to.
struct Desk {
  support::Scratch scratch;
  store::Database database{scratch / "ctt.db"};
  base::ManualClock clock{base::parse_time("2025-11-20T12:00:20Z")};
  BodyServer server;
  alpaca::Credentials keys{alpaca::Secret("PKRECORDED0000000001"), alpaca::Secret("no-secret-at-all"),
                           "a test"};
  alpaca::TradingClient trading{server.endpoints(), keys, {}, clock, 60'000};

  static store::SeriesKey series(const std::string& symbol, const std::string& width) {
    return {"alpaca", symbol, Timeframe::parse(width)};
  }

  cycle::FetchReport fetch(const store::SeriesKey& key, const std::string& from, const std::string& to) {
    alpaca::BarOptions options;
    options.retry.backoff = {.first = 1ms, .longest = 2ms};
    options.requests_per_minute = 60'000;
    BarSource source(server.endpoints(), keys, key.symbol, key.timeframe, clock, {}, options);
    return cycle::fetch(database, source, key, {at(from), at(to)}, clock, 0);
  }
  std::vector<Candle> stored(const store::SeriesKey& key) {
    return store::candles::newest(database, key, 100).candles;
  }

  template <class Act>
  std::optional<base::Error> error_of(const Act& act) {
    try {
      act();
    } catch (const base::Error& error) {
      return error;
    }
    return std::nullopt;
  }
};

alpaca::OrderRecord order_of(const base::JsonValue& json) {
  const auto order = alpaca::read_order(json);
  REQUIRE_MESSAGE(order, json.text());
  return *order;
}

alpaca::OrderRecord order_of(const std::string& body) {
  return order_of(base::JsonValue::parse(body, "an order"));
}

}  // namespace

TEST_CASE("recorded minutes come to the last bit, those without a trade as such") {
  const auto eleven = recorded("bars-minute-bch-11.json");
  if (!eleven) return;
  Desk desk;
  const auto bch = Desk::series("BCH/USD", "1m");
  desk.server.answer({200, *eleven});
  CHECK(desk.fetch(bch, "2021-11-11T11:11:00Z", "2021-11-11T11:21:00Z").stored.inserted == 11);
  CHECK(desk.stored(bch)[0] ==
        Candle{at("2021-11-11T11:11:00Z"), 679.75, 679.76, 679.26, 679.26, 3.67960285});

  const auto btc = Desk::series("BTC/USD", "1m");
  desk.server.answer({200, recorded("bars-one-minute-btc-2024.json").value()});
  desk.fetch(btc, "2024-07-18T05:02:00Z", "2024-07-18T05:02:00Z");
  CHECK(desk.stored(btc) ==
        std::vector{Candle{at("2024-07-18T05:02:00Z"), 64625.4, 64625.4, 64598.55, 64616.2175, 0.015155213}});

  desk.server.answer({200, recorded("bars-zero-volume.json").value()});
  desk.fetch(btc, "2024-11-02T01:59:00Z", "2024-11-02T02:09:00Z");
  const auto quiet =
      store::candles::range(desk.database, btc, {at("2024-11-02T01:59:00Z"), at("2024-11-02T02:09:00Z")});
  const auto defects = market::count_defects(quiet);
  CHECK(defects.of(market::Defect::zero_volume) == 2);
  CHECK(defects.of(market::Defect::hole) == 9);
}

TEST_CASE("of the rows of several venues with one time the last counts, and it is told") {
  const auto body = recorded("bars-v1beta3-duplicate-times.json");
  if (!body) return;
  Desk desk;
  const auto key = Desk::series("BTC/USD", "1h");
  desk.server.answer({200, *body});
  const auto report = desk.fetch(key, "2021-11-20T20:00:00Z", "2021-11-20T20:00:00Z");
  CHECK(report.asked == 3);
  CHECK(report.conflicting == 2);
  CHECK(report.first_conflicting == at("2021-11-20T20:00:00Z"));
  CHECK(desk.stored(key) ==
        std::vector{Candle{at("2021-11-20T20:00:00Z"), 59488, 59683, 59374, 59638, 73.079}});
}

TEST_CASE("day bars that begin at midnight in Chicago are not asked for: days are made of hours") {
  const auto body = recorded("bars-day-0500z-two-symbols.json");
  if (!body) return;
  Desk desk;
  desk.server.answer({200, *body});
  const auto hours = Desk::series("ETH/USD", "1h");
  desk.fetch(hours, "2022-03-09T05:00:00Z", "2022-03-09T05:00:00Z");
  CHECK(desk.stored(hours) ==
        std::vector{Candle{at("2022-03-09T05:00:00Z"), 839, 860.56, 832.01, 858.97, 19227323}});
  const auto days = Desk::series("BTC/USD", "1d");
  desk.server.answer({200, *body});
  desk.fetch(days, "2022-03-09", "2022-03-09");
  CHECK(desk.server.requests().at(0).find("timeframe=1Hour") != std::string::npos);
  REQUIRE(desk.stored(days).size() == 1);
  CHECK(days.timeframe.on_grid(desk.stored(days)[0].open_time));
  CHECK(desk.stored(days)[0].volume == 88496480);
}

TEST_CASE("no recorded body of another kind counts as an answer about bars") {
  const auto folder = support::reference("recorded");
  if (!folder) return;
  Desk desk;
  std::size_t bodies = 0;
  for (const auto& file : std::filesystem::directory_iterator(*folder)) {
    const auto name = file.path().filename().string();
    const bool bars = name.starts_with("bars-") && name != "bars-empty-object-rows.json";
    if (bars || file.path().extension() != ".json") continue;
    CAPTURE(name);
    desk.server.answer({{200, base::read_file(file.path()), kBars}});
    const auto key = Desk::series("BTC/USD", "1m");
    const auto error =
        desk.error_of([&] { desk.fetch(key, "2024-07-18T05:02:00Z", "2024-07-18T05:03:00Z"); });
    REQUIRE(error);
    CHECK(error->failure() == Failure::unreachable);
    CHECK(store::candles::uncovered(desk.database, key,
                                    {at("2024-07-18T05:02:00Z"), at("2024-07-18T05:03:00Z")})
              .size() == 1);
    ++bodies;
  }
  CHECK(bodies >= 40);
}

TEST_CASE("recorded latest bars make a symbol known, whatever stands beside them") {
  const auto one = recorded("latest-bar-with-page-token.json");
  if (!one) return;
  Desk desk;
  const auto quiet = [&](const std::string& symbol, const std::string& latest) {
    desk.server.answer({{200, kNoBars, kBars}, {200, latest, kLatest}});
    return desk.error_of(
        [&] { desk.fetch(Desk::series(symbol, "1m"), "2024-07-18T05:02:00Z", "2024-07-18T05:03:00Z"); });
  };
  CHECK_FALSE(quiet("BTC/USD", *one));
  CHECK_FALSE(quiet("DOGE/USD", recorded("latest-bars-three-symbols-2022.json").value()));
  const auto unknown = quiet("ETH/USD", recorded("latest-bars-three-symbols-2022.json").value());
  REQUIRE(unknown);
  CHECK(unknown->failure() == Failure::not_found);
}

TEST_CASE("recorded assets name the pair that was probably meant, equities name none") {
  const auto pairs = recorded("assets-crypto.json");
  if (!pairs) return;
  Desk desk;
  const auto sentence = [&](const std::string& assets) {
    desk.server.answer({{200, kNoBars, kBars}, {200, kNoBars, kLatest}, {200, assets, "/v2/assets"}});
    const auto error = desk.error_of(
        [&] { desk.fetch(Desk::series("AAVF/USD", "1m"), "2024-07-18T05:02:00Z", "2024-07-18T05:03:00Z"); });
    REQUIRE(error);
    CHECK(error->failure() == Failure::not_found);
    return std::string(error->what());
  };
  CHECK(sentence(*pairs).ends_with("(did you mean \"AAVE/USD\"?)"));
  for (const char* other : {"assets-equity-attributes.json", "assets-inactive-2025-11.json",
                            "asset-js-asset_class.json", "error-404-asset-not-found.json"}) {
    CAPTURE(other);
    CHECK(sentence(recorded(other).value()).ends_with("at us"));
  }
}

TEST_CASE("recorded accounts and positions are read to the last place") {
  const auto account = recorded("account-paper-2025-11.json");
  if (!account) return;
  Desk desk;
  const auto books = [&](const std::string& of, const std::string& positions, const std::string& symbol) {
    desk.server.answer({{200, of, "/v2/account"}, {200, positions, "/v2/positions"}});
    return desk.trading.try_books(symbol);
  };
  const auto newest = books(*account, recorded("positions-2025-11.json").value(), "AAPL");
  REQUIRE(newest);
  CHECK(newest->cash == Decimal::parse("100000"));
  CHECK(newest->account_number == "PA39J45DA4AZ");
  CHECK(newest->position == Decimal::parse("2"));
  CHECK(newest->available == Decimal::parse("2"));
  CHECK(newest->entry_price == 270.23);

  // Without qty_available all of it is.
  const auto usd = books(*account, recorded("positions-aapl-usd-block.json").value(), "AAPL");
  REQUIRE(usd);
  CHECK(usd->position == Decimal::parse("5"));
  CHECK(usd->available == Decimal::parse("5"));

  const auto margin = books(recorded("account-negative-cash.json").value(), "[]", "BTC/USD");
  REQUIRE(margin);
  CHECK(margin->cash == Decimal::parse("-23140.2"));
  const auto old = books(recorded("account-js-2018.json").value(), "[]", "BTC/USD");
  REQUIRE(old);
  CHECK(old->cash == Decimal::parse("4000.32"));
  CHECK(old->account_number.empty());
}

TEST_CASE("recorded orders are read by their status, with times of nine digits") {
  using Status = market::OrderStatus;
  const auto pending = recorded("order-pending-new-2025-11.json");
  if (!pending) return;
  const auto order = order_of(*pending);
  CHECK(order.status == Status::open);
  CHECK(order.at == base::parse_time("2025-11-10T17:59:37.624Z"));

  // Every time is set, an average price as well, and nothing has happened.
  const auto all_times = order_of(recorded("order-js-2018-all-times-set.json").value());
  CHECK(all_times.status == Status::open);
  CHECK_FALSE(all_times.filled.positive());
  CHECK(order_of(recorded("order-crypto-openapi.json").value()).symbol == "ETH/USD");
  CHECK(order_of(recorded("order-close-accepted-commission-2021.json").value()).status_text == "accepted");

  Desk desk;
  for (const char* list : {"orders-accepted-2025-11.json", "orders-numbers-not-strings.json"}) {
    CAPTURE(list);
    desk.server.answer({200, recorded(list).value()});
    const auto orders = desk.trading.try_open_orders().value();
    REQUIRE_FALSE(orders.empty());
    for (const auto& one : orders) CHECK(one.status == Status::open);
  }
}

TEST_CASE("an order that is answered with another one is not known to be there") {
  const auto other = recorded("order-pending-new-2025-11.json");
  if (!other) return;
  Desk desk;
  const alpaca::NewOrder order{"ctt-1", "BTC/USD", market::Side::buy, Decimal::parse("10"), std::nullopt};
  desk.server.answer({200, *other});
  CHECK(desk.trading.submit(order).outcome == alpaca::Submission::Outcome::unsure);
}

TEST_CASE("recorded refusals are told in the broker's words, once") {
  const auto short_of = recorded("error-403-insufficient-qty.json");
  if (!short_of) return;
  Desk desk;
  const alpaca::NewOrder order{"ctt-1", "BTC/USD", market::Side::sell, std::nullopt, Decimal::parse("1000")};
  desk.server.answer({403, *short_of});
  const auto refused = desk.trading.submit(order);
  CHECK(refused.outcome == alpaca::Submission::Outcome::refused);
  CHECK(refused.reason.find("insufficient qty available for order (requested: 1000, available: 0)") !=
        std::string::npos);
  CHECK(desk.server.requests().size() == 1);

  desk.server.answer({400, recorded("error-400-other-field.json").value()});
  CHECK(desk.trading.submit(order).reason == "HTTP 400 (custom error message)");
  desk.server.answer({404, recorded("error-404-asset-not-found.json").value()});
  const auto unknown = desk.error_of([&] { desk.trading.asset("FAKE"); });
  REQUIRE(unknown);
  CHECK(std::string(unknown->what()).find("asset not found for FAKE") != std::string::npos);
}

TEST_CASE("recorded frames of the bar stream give their bars and errors, and nothing else") {
  using Kind = alpaca::StreamMessage::Kind;
  const auto mixed = recorded("crypto-stream-bars-and-quote.json");
  if (!mixed) return;
  const auto read = [](const char* name) { return alpaca::parse_stream_message(recorded(name).value()); };
  const auto items = alpaca::parse_stream_message(*mixed);
  REQUIRE(items.size() == 4);
  CHECK(items[0].kind == Kind::minute);
  CHECK(items[1].kind == Kind::other);  // a day bar
  CHECK(items[2].corrected);
  CHECK(items[3].kind == Kind::other);
  const auto minute = Timeframe::parse("1m");
  const trader::BarExpectation expected{minute, std::nullopt, base::parse_time("2025-11-20T12:00:20Z")};
  CHECK(trader::refusal_of({items[0].candle, minute, false}, expected) == trader::BarRefusal::impossible);

  const auto with_new_field = read("stream-bar-new-field.json");
  REQUIRE(with_new_field.size() == 1);
  CHECK(with_new_field[0].candle == Candle{at("2021-03-05T16:00:00Z"), 100, 101.2, 98.67, 101.1, 2560});
  for (const char* passed_over : {"crypto-stream-trade.json", "stream-orderbook-btc-2024.json"})
    CHECK(read(passed_over).at(0).kind == Kind::other);
  for (const int code : {402, 405, 409, 410}) {
    const auto error = read(fmt::format("stream-error-{}.json", code).c_str());
    REQUIRE(error.size() == 1);
    CHECK(error[0].kind == Kind::error);
    CHECK(error[0].code == code);
    CHECK_FALSE(error[0].text.empty());
  }
}

TEST_CASE(
    "recorded frames of the order stream without an order are passed over, a refusal of the keys is not") {
  const auto empty = recorded("trade-update-empty-data.json");
  if (!empty || !support::FakeAlpaca::usable()) return;
  support::FakeAlpaca server({"--generate", "300"});
  alpaca::OrderStream stream({.url = server.endpoints().trading_stream_url(), .socket = {}},
                             server.credentials());
  const auto listen_until = [&](bool listening) {
    std::vector<alpaca::OrderRecord> orders;
    const auto end = std::chrono::steady_clock::now() + 5s;
    do {
      for (auto& order : stream.take()) orders.push_back(std::move(order));
      std::this_thread::sleep_for(5ms);
    } while (stream.listening() != listening && std::chrono::steady_clock::now() < end);
    CHECK(stream.listening() == listening);
    return orders.size();
  };
  const auto send = [&](const std::string& text) {
    server.call("POST", "/stream",
                base::JsonWriter()
                    .object()
                    .field("do", "send")
                    .field("stream", "trading")
                    .field("text", text)
                    .end()
                    .text());
  };
  listen_until(true);
  send(*empty);
  std::this_thread::sleep_for(50ms);
  CHECK(listen_until(true) == 0);
  send(recorded("trade-stream-unauthorized-message.json").value());
  listen_until(false);
}

TEST_CASE("every recorded time is read") {
  const auto folder = support::reference("recorded");
  if (!folder) return;
  const std::regex quoted(R"re("(\d{4}-\d\d-\d\dT[^"]*)")re");
  std::size_t times = 0;
  for (const auto& file : std::filesystem::directory_iterator(*folder)) {
    if (file.path().extension() != ".json") continue;
    const auto text = base::read_file(file.path());
    for (auto match = std::sregex_iterator(text.begin(), text.end(), quoted); match != std::sregex_iterator();
         ++match) {
      const auto time = (*match)[1].str();
      CAPTURE(time);
      CHECK_NOTHROW(static_cast<void>(base::parse_time(time)));
      ++times;
    }
  }
  CHECK(times > 100);
}

}  // namespace ctt
