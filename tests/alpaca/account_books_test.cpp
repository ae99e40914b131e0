#include "alpaca/account_books.h"

#include "broker_desk.h"

namespace ctt::alpaca {
namespace {

using Desk = BrokerDesk;

TEST_CASE("a position that changed by itself is told when patience is over, and the broker's word wins") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  REQUIRE(desk.agrees());
  desk.server.call("POST", "/account",
                   R"({"positions":{"BTC/USD":{"qty":"0.5","avg_entry_price":"40000"}}})");
  desk.wait(200ms);
  CHECK_FALSE(desk.broker.books().settled);
  CHECK(desk.differences.empty());
  CHECK(desk.broker.account().quantity() == 0);  // still by our own books
  CHECK(desk.agrees());
  REQUIRE(desk.differences.size() == 1);
  CHECK(desk.differences[0].sentence.find("holds 0.5 of BTC/USD; by our books it should be 0") !=
        std::string::npos);
  CHECK(desk.differences[0].equity_change == doctest::Approx(25000));
  CHECK(desk.broker.account().quantity() == 0.5);
  CHECK(desk.broker.account().entry_price() == 40000);
}

TEST_CASE("cash that is not there is a difference like coins that are not") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  REQUIRE(desk.agrees());
  desk.server.call("POST", "/account", R"({"cash":"99900"})");
  desk.wait(100ms);
  CHECK(desk.agrees());
  REQUIRE(desk.differences.size() == 1);
  CHECK(desk.differences[0].sentence.find("has 99900.00 in cash; by our books it should be 100000.00") !=
        std::string::npos);
  CHECK(desk.broker.account().cash() == 99900);
}

// For three quarters of the patience the broker shows what was before the fill.
TEST_CASE("positions and cash that lag behind a fill are settling, and no difference") {
  if (!FakeAlpaca::usable()) return;
  for (const std::string stale :
       {R"({"match":{"method":"GET","path":"/v2/positions"},"fault":"status","status":200,
                                "json":[],"times":null})",
        R"({"match":{"method":"GET","path":"/v2/account"},"fault":"replace",
                                "find":"\"cash\": \"99500\"","with":"\"cash\": \"100000\"","times":null})"}) {
    CAPTURE(stale);
    Desk desk;
    REQUIRE(desk.agrees());
    desk.server.fault(stale);
    desk.broker.submit(desk.buy(500));
    desk.until_over();
    desk.wait(300ms);
    CHECK_FALSE(desk.broker.books().settled);
    CHECK(desk.broker.account().quantity() == 0.009975);
    CHECK(desk.broker.account().net_worth(50000) == doctest::Approx(99998.75));
    desk.server.call("DELETE", "/faults");
    CHECK(desk.agrees());
    CHECK(desk.differences.empty());
    CHECK(desk.broker.account().cash() == 99500);
  }
}

TEST_CASE("one reading that is wrong is no difference, however long ago the last fill was") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.wait(500ms);
  desk.server.fault(
      R"({"match":{"method":"GET","path":"/v2/account"},"fault":"replace","find":"\"cash\": \"100000\"",
          "with":"\"cash\": \"1\"","times":2})");
  desk.wait(600ms);
  CHECK(desk.differences.empty());
  CHECK(desk.agrees());
  CHECK(desk.broker.account().cash() == 100000);
}

TEST_CASE("a fee that is posted later than its fill is no difference, and more than it is one") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  REQUIRE(desk.agrees());
  desk.buy_with_the_fee_due();
  desk.server.call("POST", "/account",
                   R"({"positions":{"BTC/USD":{"qty":"0.009975","avg_entry_price":"50000"}}})");
  desk.wait(600ms);
  CHECK(desk.agrees());
  CHECK(desk.differences.empty());
  CHECK(desk.broker.account().quantity() == 0.009975);
  desk.server.call("POST", "/account",
                   R"({"positions":{"BTC/USD":{"qty":"0.00995","avg_entry_price":"50000"}}})");
  desk.wait(1500ms);
  CHECK(desk.differences.size() == 1);
}

TEST_CASE("books that cannot be read are counted and told, and old ones are not settled") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  REQUIRE(desk.agrees());
  desk.server.fault(R"({"match":{"path":"/v2/account"},"fault":"status","status":401,"times":null})");
  desk.wait(100ms);
  CHECK(desk.broker.books().settled);  // one bad answer costs nothing
  CHECK(desk.broker.books().unread_since);
  desk.wait(1000ms);
  CHECK_FALSE(desk.broker.books().settled);
  CHECK(desk.broker.books().unread > 3);
  desk.server.call("DELETE", "/faults");
  CHECK(desk.agrees());
  CHECK_FALSE(desk.broker.books().unread_since);
  CHECK(desk.differences.empty());
}

TEST_CASE("an account that may not trade for a while is named and not a difference") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  REQUIRE(desk.agrees());
  desk.server.call("POST", "/account", R"({"trading_blocked":true})");
  desk.wait(100ms);
  CHECK(desk.broker.books().barred.value() == "trading_blocked is set");
  desk.server.call("POST", "/account", R"({"trading_blocked":false})");
  desk.wait(100ms);
  CHECK_FALSE(desk.broker.books().barred);
  CHECK(desk.differences.empty());
}

// Bought by the session before, whose fee was not taken yet when it ended.
TEST_CASE("what a session knew of fees that are due passes to the next") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  REQUIRE(desk.agrees());
  desk.buy_with_the_fee_due();
  auto ledger = ledger_with("", 0.01);
  ledger.cash = 99500;
  ledger.books_memory = desk.broker.memory();
  desk.server.call("POST", "/account",
                   R"({"positions":{"BTC/USD":{"qty":"0.009975","avg_entry_price":"50000"}}})");
  AlpacaBroker next(impatient(), desk.client, desk.server.credentials(), desk.clock);
  next.take_over(ledger);
  for (int turn = 0; turn < 400 && !next.books().settled; ++turn) {
    next.take_events();
    std::this_thread::sleep_for(5ms);
  }
  CHECK(next.take_differences().empty());
  CHECK(next.account().quantity() == 0.009975);
}

}  // namespace
}  // namespace ctt::alpaca
