#include "broker_desk.h"

namespace ctt::alpaca {
namespace {

using Desk = BrokerDesk;

// 500 dollars buy 0.01; 25 basis points of it are the fee: 0.009975 stay.
TEST_CASE("a purchase is in our books at once, its fee taken in coin, and in the broker's a moment later") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.broker.submit(desk.buy(500));
  const auto updates = desk.until_over();
  const auto& last = updates.back();
  CHECK(last.status == Status::filled);
  CHECK(last.trade->side == Side::buy);
  CHECK(last.trade->price == doctest::Approx(50000));
  CHECK(last.trade->quantity == doctest::Approx(0.009975).epsilon(1e-9));
  CHECK(last.trade->commission == doctest::Approx(1.25));
  CHECK(last.filled_quantity.value() == doctest::Approx(0.01));
  CHECK(last.fill_id);
  CHECK(desk.broker.account().quantity() == 0.009975);
  CHECK(desk.agrees());
  CHECK(desk.broker.account().quantity() == 0.009975);
  CHECK(desk.broker.account().cash() == 99500);
  CHECK(desk.broker.take_differences().empty());
}

// 0.009975 x 50,000 = 498.75, less 25 basis points: 497.503125.
TEST_CASE("a sale of everything asks for exactly what is available") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.broker.submit(desk.buy(500));
  desk.until_over();
  REQUIRE(desk.agrees());
  const auto fitted = desk.broker.round_to_increments(
      {.side = Side::sell, .quantity = desk.broker.account().quantity()}, 50000);
  desk.broker.submit(desk.sell(fitted.quantity));
  const auto updates = desk.until_over("ctt-2");
  CHECK(updates.back().status == Status::filled);
  CHECK(updates.back().trade->quantity == 0.009975);
  CHECK(updates.back().trade->cash == doctest::Approx(497.503125));
  REQUIRE(desk.agrees());
  CHECK(desk.broker.account().quantity() == 0);
  CHECK(desk.broker.account().cash() == doctest::Approx(99997.503125));
  const auto sent = desk.server.requests("/v2/orders");
  CHECK(sent.back().body.find(R"("qty":"0.009975")") != std::string::npos);
}

// The nearest double of what is available is 123456789.12345678, three billionths too little.
TEST_CASE("a sale of all that is free sends the account's exact quantity, of more digits than a double has") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.price(0.001);
  desk.server.call("POST", "/account",
                   R"({"positions":{"BTC/USD":{"qty":"323456789.123456783","avg_entry_price":"0.001"}}})");
  desk.server.call("POST", "/broker", R"({"fills":"manual"})");
  const NewOrder foreign{"by-hand", "BTC/USD", Side::sell, {}, Decimal::parse("100000000")};
  REQUIRE(desk.client.submit(foreign).outcome == Submission::Outcome::accepted);
  const NewOrder other{"by-hand-2", "BTC/USD", Side::sell, {}, Decimal::parse("100000000")};
  REQUIRE(desk.client.submit(other).outcome == Submission::Outcome::accepted);
  desk.wait(1500ms);
  auto sale = desk.sell(desk.broker.account().quantity());
  sale.close = 0.001;
  sale.order = desk.broker.round_to_increments(sale.order, sale.close);
  desk.broker.submit(sale);
  CHECK(desk.server.requests("/v2/orders").back().body.find(R"("qty":"123456789.123456783")") !=
        std::string::npos);
}

TEST_CASE("orders are rounded down to what Alpaca takes, and too small ones are not sent") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  CHECK(desk.broker.round_to_increments({.side = Side::buy, .cash = 500.009}, 50000).cash == 500);
  CHECK(desk.broker.round_to_increments({.side = Side::buy, .cash = 300.29}, 50000).cash == 300.29);
  CHECK(desk.broker.round_to_increments({.side = Side::buy, .cash = 1e9}, 50000).cash == 100000);
  CHECK(desk.broker.round_to_increments({.side = Side::buy, .cash = 9.999}, 50000).side == Side::none);
  CHECK(desk.broker.round_to_increments({.side = Side::buy, .cash = std::nan("")}, 50000).side == Side::none);
  CHECK(desk.broker.round_to_increments({.side = Side::sell, .quantity = 1}, 50000).side ==
        Side::none);  // nothing is there
}

// 2 bitcoin at 150,000 are 300,000 dollars, more than Alpaca takes in one order.
TEST_CASE("a position larger than the largest order is sold in parts, and dust is not worth it") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.broker.submit(desk.buy(99000));
  desk.until_over();
  REQUIRE(desk.agrees());
  desk.price(150000);
  const auto all = desk.broker.account().quantity();
  const auto part = desk.broker.round_to_increments({.side = Side::sell, .quantity = all}, 150000).quantity;
  CHECK(part < all);
  CHECK(part * 150000 < 200000);
  auto first = desk.sell(part, "ctt-2");
  first.close = 150000;
  desk.broker.submit(first);
  CHECK(desk.until_over("ctt-2").back().status == Status::filled);
  REQUIRE(desk.agrees());
  auto rest = desk.sell(desk.broker.account().quantity(), "ctt-3");
  rest.close = 150000;
  desk.broker.submit(rest);
  CHECK(desk.until_over("ctt-3").back().status == Status::filled);
  CHECK(desk.broker.account().quantity() == 0);

  CHECK(desk.broker.is_sellable(0.001, 50000));
  CHECK_FALSE(desk.broker.is_sellable(0.0001, 50000));  // 5 dollars
  CHECK_FALSE(desk.broker.is_sellable(0, 50000));
}

TEST_CASE("an order that did not arrive is not sent again once it is unwanted") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.server.fault(R"({"match":{"method":"POST","path":"/v2/orders"},"fault":"reset"})");
  desk.broker.submit(desk.buy(500));
  desk.broker.cancel_open(trader::Broker::Scope::purchases);
  const auto updates = desk.until_over();
  CHECK(updates.back().status == Status::cancelled);
  CHECK(desk.posts() == 1);
  CHECK(desk.orders_there() == 0);
}

TEST_CASE("the broker's clock is ours, set back by what ours is ahead") {
  if (!FakeAlpaca::usable()) return;
  FakeAlpaca server(Desk::with({}));
  const auto now = base::SystemClock().now();
  for (const auto ahead : {10min, -10min}) {
    const base::ManualClock ours(now + ahead);
    TradingClient client(server.endpoints(), server.credentials(), quick(), ours);
    const BrokerClock clock(ours, client);
    CHECK(clock.now() == ours.now());
    client.books("BTC/USD");
    CHECK(std::chrono::abs(clock.now() - std::min(now, ours.now())) < 30s);
  }
}

TEST_CASE("a fill in parts is told in parts, each with its own name") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.server.call("POST", "/broker", R"({"fills":"partial","fill_delay_s":0.15})");
  desk.broker.submit(desk.buy(500));
  const auto updates = desk.until_over();
  std::vector<market::OrderEvent> fills;
  for (const auto& update : updates) {
    if (update.trade) fills.push_back(update);
  }
  REQUIRE(fills.size() == 2);
  CHECK(fills[0].status == Status::partially_filled);
  CHECK(fills[0].fill_id != fills[1].fill_id);
  CHECK(fills[0].trade->quantity == doctest::Approx(0.004 * 0.9975));
  CHECK(fills[0].trade->quantity + fills[1].trade->quantity == doctest::Approx(0.009975));
}

TEST_CASE("an order that is cancelled after a part keeps the part") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.server.call("POST", "/broker", R"({"fills":"partial_then_cancel"})");
  desk.broker.submit(desk.buy(500));
  const auto updates = desk.until_over();
  CHECK(updates.back().status == Status::cancelled);
  CHECK(desk.broker.account().quantity() == doctest::Approx(0.004 * 0.9975));
  CHECK(desk.broker.take_differences().empty());
}

// What may become of a request, and whether the order was accepted before.
TEST_CASE("an order of unknown fate is looked for: adopted when it is there, sent once more when it is not") {
  if (!FakeAlpaca::usable()) return;
  struct Case {
    const char* fault;
    bool arrives;
    std::size_t posts;
  };
  const Case cases[] = {
      {R"("fault":"status","status":504,"html":true,"accept":true)", true, 1},
      {R"("fault":"status","status":504,"html":true)", false, 2},
      {R"("fault":"status","status":503)", false, 2},
      {R"("fault":"status","status":429)", false, 2},
      {R"("fault":"status","status":500,"accept":true)", true, 1},
      {R"("fault":"reset")", false, 2},
      {R"("fault":"reset","accept":true)", true, 1},
      {R"("fault":"close","accept":true)", true, 1},
      {R"("fault":"hang","accept":true)", true, 1},
      {R"("fault":"hang")", false, 2},
      {R"("fault":"delay","seconds":0.6)", true, 1},
      {R"("fault":"half_body")", true, 1},
      {R"("fault":"bad_json")", true, 1},
      {R"("fault":"html","accept":true)", true, 1},
  };
  for (const auto& one : cases) {
    CAPTURE(one.fault);
    Desk desk;
    desk.server.fault(fmt::format(R"({{"match":{{"method":"POST","path":"/v2/orders"}},{}}})", one.fault));
    desk.broker.submit(desk.buy(500));
    const auto updates = desk.until_over();
    CHECK(updates.front().status == Status::unknown);
    CHECK(updates.back().status == Status::filled);
    CHECK(desk.orders_there() == 1);
    CHECK(desk.posts() == one.posts);
    CHECK(desk.agrees());
    CHECK(desk.broker.account().quantity() == 0.009975);
    CHECK(desk.differences.empty());
  }
}

TEST_CASE("an order that did not arrive is not sent again once its bar is over") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.server.fault(R"({"match":{"method":"POST","path":"/v2/orders"},"fault":"reset","times":null})");
  desk.broker.submit(desk.buy(500));
  desk.broker.bar_arrived(Desk::bar(kBar + 1h));
  const auto updates = desk.until_over();
  CHECK(updates.back().status == Status::cancelled);
  CHECK(updates.back().reason.value() == "it never reached the broker");
  CHECK(desk.posts() == 1);
}

TEST_CASE("while nobody can say what became of an order, it stays unknown and is not sent again") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.server.fault(R"([{"match":{"method":"POST"},"fault":"reset","accept":true},
    {"match":{"path":"/v2/orders:by_client_order_id"},"fault":"status","status":503,"times":8},
    {"match":{"path":"/v2/orders:by_client_order_id"},"fault":"status","status":404,"html":true,"times":4}])");
  desk.broker.submit(desk.buy(500));
  const auto updates = desk.until_over();
  CHECK(updates.back().status == Status::filled);
  CHECK(desk.posts() == 1);
  CHECK(desk.orders_there() == 1);
}

TEST_CASE("a refusal is final and says why") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.server.call("POST", "/account", R"({"cash":"100"})");
  desk.broker.submit(desk.buy(500));  // the books say that there is enough
  const auto updates = desk.until_over();
  CHECK(updates.back().status == Status::rejected);
  CHECK(updates.back().reason->find("insufficient balance") != std::string::npos);
  CHECK(desk.posts() == 1);
}

TEST_CASE("an order that is accepted and then rejected is rejected") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.server.call("POST", "/broker", R"({"fills":"reject"})");
  desk.broker.submit(desk.buy(500));
  CHECK(desk.until_over().back().status == Status::rejected);
}

TEST_CASE("a second order of the same id is the first one") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.broker.submit(desk.buy(500));
  desk.until_over();
  AlpacaBroker other(impatient(), desk.client, desk.server.credentials(), desk.clock);
  other.bar_arrived(Desk::bar(kBar));
  other.submit(desk.buy(500));
  for (int i = 0; i < 50; ++i) {
    other.take_events();
    std::this_thread::sleep_for(5ms);
  }
  CHECK(desk.orders_there() == 1);
}

TEST_CASE("an order that outlives its bar is cancelled") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.server.call("POST", "/broker", R"({"fills":"manual"})");
  desk.broker.submit(desk.buy(500));
  desk.broker.take_events();
  desk.broker.bar_arrived(Desk::bar(kBar + 1h));
  CHECK(desk.until_over().back().status == Status::cancelled);
}

TEST_CASE("an order of unknown fate that turns up after its bar is cancelled, however often that takes") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.server.call("POST", "/broker", R"({"fills":"manual"})");
  desk.server.fault(R"([{"match":{"method":"POST","path":"/v2/orders"},"fault":"reset","accept":true},
    {"match":{"path":"/v2/orders:by_client_order_id"},"fault":"status","status":503,"times":3},
    {"match":{"method":"DELETE"},"fault":"status","status":503,"times":2}])");
  desk.broker.submit(desk.buy(500));
  desk.broker.bar_arrived(Desk::bar(kBar + 1h));
  const auto updates = desk.until_over();
  CHECK(updates.back().status == Status::cancelled);
  CHECK(desk.posts() == 1);
  CHECK(desk.orders_there() == 1);
}

TEST_CASE("a second sending that is refused is no proof that the first did not land") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.server.fault(R"([{"match":{"method":"POST","path":"/v2/orders"},"fault":"reset","accept":true},
    {"match":{"path":"/v2/orders:by_client_order_id"},"fault":"status","status":404,
     "json":{"code":40410000,"message":"order not found for ctt-1"},"times":12},
    {"match":{"method":"POST","path":"/v2/orders"},"fault":"status","status":403,
     "json":{"code":40310000,"message":"insufficient balance for USD"},"times":1}])");
  desk.broker.submit(desk.buy(500));
  const auto updates = desk.until_over();
  CHECK(updates.back().status == Status::filled);
  CHECK(desk.posts() == 2);
  CHECK(desk.orders_there() == 1);
}

TEST_CASE("order updates bring a fill before anybody asks") {
  if (!FakeAlpaca::usable()) return;
  auto options = impatient();
  options.orders.poll_every = 1h;
  FakeAlpaca server(Desk::with({}));
  options.updates = OrderStreamOptions{.url = server.endpoints().trading_stream_url(), .socket = {}};
  server.call("POST", "/prices", R"({"BTC/USD":50000})");
  server.call("POST", "/broker", R"({"fills":"manual"})");
  const base::SystemClock clock;
  TradingClient client(server.endpoints(), server.credentials(), quick(), clock);
  AlpacaBroker broker(options, client, server.credentials(), clock);
  for (int i = 0; i < 100; ++i) {
    broker.take_events();
    std::this_thread::sleep_for(5ms);
  }
  broker.bar_arrived(Desk::bar(kBar));
  broker.submit({"ctt-1", {.side = Side::buy, .cash = 500}, kBar, 50000});
  broker.take_events();
  server.call("POST", "/fill", R"({"client_order_id":"ctt-1"})");
  std::vector<market::OrderEvent> news;
  for (int i = 0; i < 400 && (news.empty() || news.back().status != Status::filled); ++i) {
    for (auto& update : broker.take_events()) news.push_back(update);
    std::this_thread::sleep_for(5ms);
  }
  REQUIRE_FALSE(news.empty());
  CHECK(news.back().status == Status::filled);
  CHECK(server.requests("/v2/orders:by_client_order_id").empty());
}

// --- A start ---

TEST_CASE("a start adopts the order that a crash left behind, with its fill") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.broker.submit(desk.buy(500));
  AlpacaBroker next(impatient(), desk.client, desk.server.credentials(), desk.clock);
  next.take_over(ledger_with("ctt-1"));
  const auto updates = next.take_events();
  REQUIRE(updates.size() == 1);
  CHECK(updates[0].status == Status::filled);
  CHECK(updates[0].trade->quantity == doctest::Approx(0.009975).epsilon(1e-9));
  CHECK(next.account().quantity() == 0.009975);
  next.take_events();
  CHECK(next.books().settled);
  CHECK(next.take_differences().empty());
  CHECK(desk.posts() == 1);
}

TEST_CASE("a start closes an order that never arrived, after a safe while, and does not send it") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.broker.take_over(ledger_with("ctt-1"));
  const auto updates = desk.until_over();
  REQUIRE(updates.size() == 1);
  CHECK(updates[0].status == Status::cancelled);
  CHECK(desk.posts() == 0);
  CHECK(desk.server.requests("/v2/orders:by_client_order_id").size() >= 2);
}

TEST_CASE("a start names a position that is not ours, an open order that is not ours, and what is missing") {
  if (!FakeAlpaca::usable()) return;
  Desk desk;
  desk.server.call("POST", "/broker", R"({"fills":"manual"})");
  const NewOrder foreign{"by-hand", "BTC/USD", Side::buy, Decimal::parse("100"), {}};
  REQUIRE(desk.client.submit(foreign).outcome == Submission::Outcome::accepted);
  desk.broker.take_over(ledger_with("", 0.25));
  CHECK_FALSE(desk.broker.books().settled);
  desk.wait(1500ms);
  REQUIRE(desk.differences.size() == 2);
  CHECK(desk.differences[0].sentence.find("an open order of BTC/USD that is not ours") != std::string::npos);
  CHECK(desk.differences[1].sentence.find("holds 0 of BTC/USD; by our books it should be 0.25") !=
        std::string::npos);
}

TEST_CASE("an account that may not trade is refused at the start") {
  if (!FakeAlpaca::usable()) return;
  FakeAlpaca server(Desk::with({}));
  const base::SystemClock clock;
  TradingClient client(server.endpoints(), server.credentials(), quick(), clock);
  for (const auto* flag : {R"({"trading_blocked":true})", R"({"status":"ACCOUNT_UPDATED"})"}) {
    server.call("POST", "/account", flag);
    CHECK_THROWS_WITH((AlpacaBroker{impatient(), client, server.credentials(), clock}),
                      doctest::Contains("may not trade"));
    server.call("POST", "/reset");
  }
}

}  // namespace
}  // namespace ctt::alpaca
