#include "alpaca/trading_client.h"

#include <doctest/doctest.h>

#include "alpaca/fake_server.h"
#include "base/error.h"
#include "base/log.h"

namespace ctt {

using alpaca::Lookup;
using base::Failure;
using support::FakeAlpaca;

namespace {

// A client on a fake Alpaca that answers the next request for a path with something else.
struct Desk {
  Desk() { base::set_log(-1, base::LogFormat::text); }  // what goes wrong here goes wrong on purpose

  void answer(const std::string& path, int status, const std::string& json) {
    server.fault(
        fmt::format(R"({{"match":{{"method":"GET","path":"{}"}},"fault":"status","status":{},"json":{}}})",
                    path, status, json));
  }
  void page(const std::string& path, int status) {
    server.fault(
        fmt::format(R"({{"match":{{"method":"GET","path":"{}"}},"fault":"status","status":{},"html":true}})",
                    path, status));
  }

  template <class Work>
  std::pair<Failure, std::string> refusal(const Work& work) {
    try {
      work();
    } catch (const base::Error& error) {
      return {error.failure(), error.what()};
    }
    FAIL("it was not refused");
    return {};
  }

  FakeAlpaca server{{"--generate", "60", "--rate-limit", "0"}};
  base::SystemClock clock;
  alpaca::TradingClient client{server.endpoints(), server.credentials(), {}, clock};
};

constexpr auto kAsset = "/v2/assets/*";
constexpr auto kOrder = "/v2/orders:by_client_order_id";

}  // namespace

TEST_CASE("an account whose transfers are blocked may trade") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.server.call("POST", "/account", R"({"transfers_blocked":true})");
  CHECK_FALSE(desk.client.books("BTC/USD").barred);
  desk.server.call("POST", "/account", R"({"trading_blocked":true})");
  CHECK(desk.client.books("BTC/USD").barred == "trading_blocked is set");
}

TEST_CASE("an order is absent when Alpaca says so, and unsure when a gateway does") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  for (const char* json :
       {R"({"code":40410000,"message":"order not found for ctt-1"})", R"({"code":40410000,"message":""})",
        R"({"code":40410000,"message":"resource not found"})", R"({"code":40410000})",
        R"({"message":"order not found"})"}) {
    CAPTURE(json);
    desk.answer(kOrder, 404, json);
    CHECK(desk.client.find("ctt-1").outcome == Lookup::Outcome::absent);
  }
  for (const char* json :
       {R"({"code":40410000,"message":"endpoint not found"})", R"({"message":"Not Found"})",
        R"(["order not found"])", R"({"code":"40410000"})"}) {
    CAPTURE(json);
    desk.answer(kOrder, 404, json);
    CHECK(desk.client.find("ctt-1").outcome == Lookup::Outcome::unsure);
  }
  desk.server.fault(R"({"match":{"path":"/v2/orders:by_client_order_id"},"fault":"status","status":404,
                        "body":"<html>order not found</html>"})");
  CHECK(desk.client.find("ctt-1").outcome == Lookup::Outcome::unsure);
  desk.page(kOrder, 404);
  CHECK(desk.client.find("ctt-1").outcome == Lookup::Outcome::unsure);
}

TEST_CASE("an answer about another asset is not taken for the one that was asked for") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  const auto asset = [](const char* symbol, const char* kind) {
    return fmt::format(
        R"({{"symbol":"{}","class":"{}","status":"active","tradable":true,"fractionable":true}})", symbol,
        kind);
  };
  desk.answer(kAsset, 200, asset("BTCUSD", "crypto"));
  CHECK(desk.client.asset("BTC/USD").symbol == "BTC/USD");
  for (const auto& json : {asset("AAVE/USD", "crypto"), asset("BTC/USD", "us_equity"), asset("", "crypto")}) {
    CAPTURE(json);
    desk.answer(kAsset, 200, json);
    const auto [failure, sentence] = desk.refusal([&] { desk.client.asset("BTC/USD"); });
    CHECK(failure == Failure::unreachable);
    CHECK(sentence == "the asset BTC/USD: the answer is about another one");
  }
  for (const char* json : {"[]", "{}", R"({"symbol":7})"}) {
    CAPTURE(json);
    desk.answer(kAsset, 200, json);
    CHECK(desk.refusal([&] { desk.client.asset("BTC/USD"); }).first == Failure::unreachable);
  }
}

TEST_CASE("what Alpaca does not know is not found, and no word of the operator's is blamed for a gateway") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  const auto [failure, sentence] = desk.refusal([&] { desk.client.asset("FOO/USD"); });
  CHECK(failure == Failure::not_found);
  CHECK(sentence.find("the asset FOO/USD: Alpaca does not know it (asset not found for FOO") == 0);
  for (const int status : {400, 404, 405, 410, 422}) {
    CAPTURE(status);
    desk.page("/v2/account", status);
    CHECK(desk.refusal([&] { desk.client.books("BTC/USD"); }).first == Failure::refused);
  }
}

TEST_CASE("a 403 blames the keys only when it is about them") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.answer("/v2/account", 403,
              R"({"code":40310000,"message":"insufficient qty available for order","existing_qty":"0"})");
  const auto [failure, sentence] = desk.refusal([&] { desk.client.books("BTC/USD"); });
  CHECK(failure == Failure::refused);
  CHECK(sentence.find("keys") == std::string::npos);
  CHECK(sentence.find("insufficient qty") != std::string::npos);
  for (const char* json : {R"({"message":"forbidden."})", R"("no")"}) {
    CAPTURE(json);
    desk.answer("/v2/account", 403, json);
    CHECK(desk.refusal([&] { desk.client.books("BTC/USD"); }).first == Failure::keys);
  }
}

TEST_CASE("with patience every read of a start outlasts refusals") {
  if (!FakeAlpaca::usable()) return;
  using namespace std::chrono_literals;
  Desk desk;
  const alpaca::StartupRetry patience(10s, {}, {.first = 1ms, .longest = 4ms, .at_least = 1ms});
  alpaca::TradingClient client(desk.server.endpoints(), desk.server.credentials(), {}, desk.clock, 6000,
                               patience);
  for (const int status : {401, 403, 404}) {
    CAPTURE(status);
    for (const char* path : {"/v2/account", "/v2/positions", "/v2/assets/*"}) desk.page(path, status);
    CHECK(client.books("BTC/USD").cash.number() == 100000);
    CHECK(client.asset("BTC/USD").symbol == "BTC/USD");
  }
}

TEST_CASE("an account that does not say its number is asked for again, not traded") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.answer("/v2/account", 200, R"({"status":"ACTIVE","cash":"5"})");
  CHECK(desk.refusal([&] { desk.client.books("BTC/USD"); }).first == Failure::unreachable);
}

}  // namespace ctt
