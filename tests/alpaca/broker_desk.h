#pragma once

#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "alpaca/broker.h"
#include "base/error.h"
#include "fake_server.h"

// A broker on a fake Alpaca, for the tests of orders and of books.

namespace ctt::alpaca {

using namespace std::chrono_literals;
using environment::Side;
using support::FakeAlpaca;
using Status = market::OrderStatus;

inline const base::Seconds kBar{std::chrono::hours(500'000)};

inline HttpOptions quick() {
  HttpOptions options;
  options.connect_timeout = 2s;
  options.total_timeout = 300ms;
  return options;
}

inline BrokerOptions impatient() {
  BrokerOptions options;
  options.symbol = "BTC/USD";
  options.orders = {.poll_every = 20ms, .lookup_every = 20ms, .safe_after = 150ms};
  options.books = {
      .symbol = {}, .patience = 800ms, .read_every = 50ms, .reread_first = 10ms, .reread_longest = 40ms};
  return options;
}

// A broker on a fake Alpaca where a bitcoin costs 50,000 and 100,000 dollars are there.
struct BrokerDesk {
  explicit BrokerDesk(BrokerOptions options = impatient(), std::vector<std::string> more = {})
      : server(with(std::move(more))),
        client(server.endpoints(), server.credentials(), quick(), clock),
        broker((price(50000), std::move(options)), client, server.credentials(), clock) {
    broker.bar_arrived(bar(kBar));
    broker.take_events();
    server.forget_requests();
  }

  static std::vector<std::string> with(std::vector<std::string> more) {
    std::vector<std::string> options{"--generate", "60", "--rate-limit", "0", "--date", "real"};
    options.insert(options.end(), more.begin(), more.end());
    return options;
  }
  static market::Candle bar(base::Seconds at) { return {at, 50000, 50000, 50000, 50000, 1}; }

  int price(double usd) {
    server.call("POST", "/prices", fmt::format(R"({{"BTC/USD":{}}})", usd));
    return 0;
  }
  trader::OrderIntent buy(double cash, const std::string& id = "ctt-1") const {
    return {id, {.side = Side::buy, .cash = cash}, kBar, 50000};
  }
  trader::OrderIntent sell(double quantity, const std::string& id = "ctt-2") const {
    return {id, {.side = Side::sell, .quantity = quantity}, kBar, 50000};
  }
  // Every update until the order of that id is over.
  std::vector<market::OrderEvent> until_over(const std::string& id = "ctt-1") {
    std::vector<market::OrderEvent> all;
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < until) {
      for (auto& update : broker.take_events()) all.push_back(update);
      for (const auto& update : all) {
        const bool over = update.status == Status::filled || update.status == Status::cancelled ||
                          update.status == Status::rejected;
        if (over && update.client_order_id == id) return all;
      }
      std::this_thread::sleep_for(5ms);
    }
    FAIL("the order did not end");
    return all;
  }
  // Takes turns until the books agree; what came of differences is kept.
  bool agrees(std::chrono::milliseconds within = 5s) {
    const auto until = std::chrono::steady_clock::now() + within;
    do {
      broker.take_events();
      for (auto& difference : broker.take_differences()) differences.push_back(difference);
      if (broker.books().settled) return true;
      std::this_thread::sleep_for(5ms);
    } while (std::chrono::steady_clock::now() < until);
    return false;
  }
  // Buys for 500 dollars; the fee of 0.000025 is not taken yet when the books are read.
  void buy_with_the_fee_due() {
    server.fault(R"({"match":{"path":"/v2/account"},"fault":"status","status":503,"times":null})");
    broker.submit(buy(500));
    until_over();
    server.call("POST", "/account", R"({"positions":{"BTC/USD":{"qty":"0.01","avg_entry_price":"50000"}}})");
    server.call("DELETE", "/faults");
    REQUIRE(agrees());
    REQUIRE(broker.account().quantity() == 0.01);
  }
  // Takes turns for as long as that.
  void wait(std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) {
      broker.take_events();
      for (auto& difference : broker.take_differences()) differences.push_back(difference);
      std::this_thread::sleep_for(5ms);
    }
  }
  std::size_t orders_there() { return server.call("GET", "/orders").as_array().size(); }
  std::size_t posts() {
    std::size_t count = 0;
    for (const auto& seen : server.requests("/v2/orders")) count += seen.method == "POST" ? 1 : 0;
    return count;
  }

  FakeAlpaca server;
  base::SystemClock clock;
  TradingClient client;
  AlpacaBroker broker;
  std::vector<trader::BooksDifference> differences;
};

inline trader::Ledger ledger_with(const std::string& id, double position = 0) {
  trader::Ledger ledger;
  ledger.cash = 100000;
  ledger.position = position;
  if (!id.empty())
    ledger.open_orders.push_back(
        {.client_order_id = id, .side = Side::buy, .created_at = base::SystemClock().now()});
  return ledger;
}

}  // namespace ctt::alpaca
