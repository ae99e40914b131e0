#include "alpaca/account.h"

#include "broker_desk.h"

namespace ctt::alpaca {
namespace {

// Ledgers of 60,000 and 30,000 dollars on an account of 100,000, whose coins cost 50,000 and 2,000.
struct TwoLedgers {
  explicit TwoLedgers(bool with_stream = false, double by_hand_usd = 0) {
    if (by_hand_usd > 0) {
      server.call("POST", "/prices", R"({"BTC/USD":40000,"ETH/USD":2000})");
      by_hand(Side::buy, fmt::format("{}", by_hand_usd));
    }
    server.call("POST", "/prices", R"({"BTC/USD":50000,"ETH/USD":2000})");
    std::optional<OrderStreamOptions> updates;
    if (with_stream)
      updates = OrderStreamOptions{.url = server.endpoints().trading_stream_url(), .socket = {}};
    account.emplace(client, server.credentials(), updates, 800ms);
    btc.emplace(options("BTC/USD"), *account, clock);
    eth.emplace(options("ETH/USD"), *account, clock);
    begin(*btc, 60000);
    begin(*eth, 30000);
    REQUIRE(settles());
  }

  // What the operator does with bitcoin on the same account.
  void by_hand(Side side, const std::string& amount) {
    const auto decimal = Decimal::parse(amount);
    NewOrder order{fmt::format("by-hand-{}", market::name(side)), "BTC/USD", side, {}, {}};
    (side == Side::buy ? order.notional : order.quantity) = decimal;
    REQUIRE(client.submit(order).outcome == Submission::Outcome::accepted);
    std::this_thread::sleep_for(300ms);  // its fill
  }
  static void begin(AlpacaBroker& broker, double cash, double position = 0, std::string memory = {}) {
    trader::Ledger ledger;
    ledger.cash = cash;
    ledger.position = position;
    ledger.books_memory = std::move(memory);
    broker.take_over(ledger);
  }
  // A trader of both that starts after one of ether alone, which knew `eths_memory` in the end.
  void restart(const std::string& btcs_memory, double btc_coins, const std::string& eths_memory) {
    const double cash[] = {btc->account().cash(), eth->account().cash()};
    btc.reset();
    eth.reset();
    account.emplace(client, server.credentials(), std::nullopt, 800ms);
    btc.emplace(options("BTC/USD"), *account, clock);
    eth.emplace(options("ETH/USD"), *account, clock);
    begin(*btc, cash[0], btc_coins, btcs_memory);
    begin(*eth, cash[1], 0, eths_memory);
    btc->closed_before(50000);
  }
  static BrokerOptions options(const std::string& symbol) {
    auto options = impatient();
    options.symbol = symbol;
    options.books.ledger = true;
    return options;
  }
  // Turns of both, until both are settled and what is nobody's is known.
  bool settles(std::chrono::milliseconds within = 10s) {
    const auto until = std::chrono::steady_clock::now() + within;
    while (std::chrono::steady_clock::now() < until) {
      for (auto* broker : {&*btc, &*eth}) {
        broker->take_events();
        for (auto& difference : broker->take_differences()) differences.push_back(difference);
      }
      if (btc->books().settled && eth->books().settled && btc->books().nobodys_cash) return true;
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }
  void wait(std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) settles(5ms);
  }
  double sum() const {
    return btc->account().cash() + eth->account().cash() + btc->books().nobodys_cash.value();
  }
  double truth() { return client.account().cash.number(); }

  FakeAlpaca server{BrokerDesk::with({"--symbol", "BTC/USD,ETH/USD"})};
  base::SystemClock clock;
  TradingClient client{server.endpoints(), server.credentials(), quick(), clock};
  std::optional<AlpacaAccount> account;
  std::optional<AlpacaBroker> btc, eth;
  std::vector<trader::BooksDifference> differences;
};

trader::OrderIntent purchase(double cash, double close) {
  return {"ctt-eth-1", {.side = Side::buy, .cash = cash}, kBar, close};
}

TEST_CASE("a ledger's purchase is its own: another's cash stays, and the sum is the account's") {
  if (!FakeAlpaca::usable()) return;
  TwoLedgers two;
  CHECK(two.btc->books().nobodys_cash == 10000);
  two.eth->submit(purchase(5000, 2000));
  two.wait(300ms);
  REQUIRE(two.settles());
  CHECK(two.eth->account().cash() == doctest::Approx(25000));
  CHECK(two.eth->account().quantity() == doctest::Approx(2.49375));
  CHECK(two.btc->account().cash() == 60000);
  CHECK(two.btc->account().quantity() == 0);
  CHECK(two.sum() == doctest::Approx(two.truth()).epsilon(1e-12));
  CHECK(two.differences.empty());
}

TEST_CASE("a ledger buys for no more than it has, whatever else is in the account") {
  if (!FakeAlpaca::usable()) return;
  TwoLedgers two;
  const auto rounded = two.eth->round_to_increments({.side = Side::buy, .cash = 90000}, 2000);
  CHECK(rounded.cash == doctest::Approx(29999.99));
}

// The operator had 0.1995 bitcoin bought at 40,000 before; the ledger buys 0.09975 at 50,000.
TEST_CASE("coins that were there before a ledger touch neither its entry price nor its cash") {
  if (!FakeAlpaca::usable()) return;
  TwoLedgers two(false, 8000);
  two.btc->submit({"ctt-btc-1", {.side = Side::buy, .cash = 5000}, kBar, 50000});
  two.wait(300ms);
  REQUIRE(two.settles());
  CHECK(two.btc->account().quantity() == doctest::Approx(0.09975));
  CHECK(two.btc->account().entry_price() == doctest::Approx(50000).epsilon(0.01));
  const auto nobodys = two.btc->books().nobodys_cash.value();

  two.by_hand(Side::sell, "0.15");
  two.wait(2500ms);
  REQUIRE(two.settles());
  CHECK(two.differences.empty());
  CHECK(two.btc->account().quantity() == doctest::Approx(0.09975));
  CHECK(two.btc->account().cash() == doctest::Approx(55000));
  CHECK(two.btc->books().nobodys_cash.value() == doctest::Approx(nobodys + 7500).epsilon(0.01));
  CHECK(two.sum() == doctest::Approx(two.truth()).epsilon(1e-12));
}

TEST_CASE(
    "coins that were sold by hand while their schedule was not traded bring their ledger what they were sold "
    "for") {
  if (!FakeAlpaca::usable()) return;
  TwoLedgers two;
  two.btc->submit({"ctt-btc-1", {.side = Side::buy, .cash = 5000}, kBar, 50000});
  two.wait(300ms);
  REQUIRE(two.settles());
  const double coins = two.btc->account().quantity();
  const auto memory = two.btc->memory();
  two.by_hand(Side::sell, two.client.account().of("BTC/USD").position.text());
  two.restart(memory, coins, R"({"nobodys_cash":"69983.1","ledgers":"ETH/USD"})");
  two.wait(2500ms);
  REQUIRE(two.settles());
  CHECK(two.btc->account().quantity() == 0);
  CHECK(two.btc->account().cash() == doctest::Approx(60000).epsilon(0.001));
  CHECK(two.btc->books().nobodys_cash == doctest::Approx(10000).epsilon(0.0001));
  REQUIRE(two.differences.size() == 1);
  CHECK(std::abs(two.differences.front().equity_change) < 50);
}

// The other's turns hear of the fill and read the account for both.
TEST_CASE("a fill whose news a ledger has not taken yet is no difference of its books") {
  if (!FakeAlpaca::usable()) return;
  TwoLedgers two(true);
  two.wait(300ms);  // the stream listens
  two.eth->submit(purchase(5000, 2000));
  const auto until = std::chrono::steady_clock::now() + 2s;
  while (std::chrono::steady_clock::now() < until) {
    two.btc->take_events();
    std::this_thread::sleep_for(5ms);
  }
  CHECK(two.eth->take_differences().empty());
  REQUIRE(two.settles());
  CHECK(two.eth->account().cash() == doctest::Approx(25000));
  CHECK(two.btc->account().cash() == 60000);
  CHECK(two.differences.empty());
}

TEST_CASE("one reading of the account is for all its ledgers") {
  if (!FakeAlpaca::usable()) return;
  TwoLedgers two;
  two.server.forget_requests();
  two.btc->read_books_again();
  two.btc->take_events();
  two.eth->take_events();
  CHECK(two.server.requests("/v2/account").size() == 1);
}

TEST_CASE("a deposit is nobody's, and money that is missing is lost by all") {
  if (!FakeAlpaca::usable()) return;
  TwoLedgers two;
  two.server.call("POST", "/account", R"({"cash":"100500"})");
  two.wait(1500ms);
  CHECK(two.btc->books().nobodys_cash == 10500);
  CHECK(two.differences.empty());
  two.server.call("POST", "/account", R"({"cash":"45000"})");
  two.wait(2500ms);
  CHECK(two.differences.size() == 2);
  CHECK(two.btc->account().cash() == doctest::Approx(30000));
  CHECK(two.eth->account().cash() == doctest::Approx(15000));
}

TEST_CASE("a schedule that leaves gives its cash to nobody, and the account is read on for the others") {
  if (!FakeAlpaca::usable()) return;
  TwoLedgers two;
  two.btc->leave();
  two.server.forget_requests();
  two.eth->read_books_again();
  two.eth->take_events();
  CHECK(two.server.requests("/v2/account").size() == 1);
  CHECK(two.eth->books().nobodys_cash == 70000);
  CHECK(two.eth->account().cash() == 30000);
}

}  // namespace
}  // namespace ctt::alpaca
