
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "rig.h"
#include "store/live_orders.h"
#include "store/schedules.h"

namespace ctt::trader {
namespace {

using namespace std::chrono_literals;

// Fills at the bar's close like a simulated one, but its books outlive the trader: `held` is what
// the account has, whoever brought it there.
class LastingBroker : public SimulatedBroker {
 public:
  explicit LastingBroker(double& held) : SimulatedBroker(10000, {}, environment::Fill::close), held_(held) {
    books_.restate({10000, held_, 100, {}}, 100);
  }
  bool needs_durable_intent() const override { return true; }
  void take_over(const Ledger& ledger) override {
    seen = ledger;
    for (const auto& order : ledger.open_orders)
      events_.push_back({.client_order_id = order.client_order_id,
                         .status = market::OrderStatus::cancelled,
                         .reason = "gone"});
    if (ledger.position != held_)
      differences_.push_back({fmt::format("it holds {}, not {}", held_, ledger.position), 0});
  }
  std::vector<BooksDifference> take_differences() override { return std::exchange(differences_, {}); }
  void submit(const OrderIntent& intent) override {
    const auto trade = books_.execute(intent.order, intent.close);
    held_ = books_.quantity();
    events_.push_back({.client_order_id = intent.client_order_id,
                       .status = market::OrderStatus::filled,
                       .broker_order_id = "b",
                       .trade = trade,
                       .fill_id = intent.client_order_id});
  }
  std::vector<market::OrderEvent> take_events() override { return std::exchange(events_, {}); }
  const environment::Account& account() const override { return books_; }
  std::string name() const override { return "lasting"; }

  Ledger seen;

 private:
  environment::Account books_{10000, {}};
  double& held_;
  std::vector<market::OrderEvent> events_;
  std::vector<BooksDifference> differences_;
};

struct Desk {
  policy::Contract contract = contract_with("BSH", environment::Fill::close);
  Rig rig{contract, stubborn(contract, 1)};
  double held = 0;
  Ledger seen;
  base::SystemClock clock;

  Options options() {
    auto options = Rig::options();
    options.account = "PA1";
    return options;
  }
  // A trader over flat bars: the first one that is decided on buys.
  TradeReport trade(std::size_t bars = 1, double price = 100) {
    ReplayFeed feed(
        {contract.symbol, contract.timeframe, warm_then(contract, std::vector<double>(bars + 1, price))}, {});
    LastingBroker broker(held);
    const auto report = Trader(options(), rig.home, rig.database, feed, broker, clock).run({});
    seen = broker.seen;
    return report;
  }
  store::TraderState state() { return store::schedules::get(rig.database, "btc").trader_state; }
};

TEST_CASE("a session begins with the position that the last one of the account left") {
  Desk desk;
  CHECK(desk.trade().loop.position == doctest::Approx(100));
  const auto next = desk.trade();
  CHECK(desk.seen.position == 100);
  CHECK(next.loop.trades == 0);  // it has what it wants
  CHECK(desk.state() == store::TraderState::active);
}

// Each start sees the bars of the one before again, and one more.
TEST_CASE("a position that is not what it was makes the trader reducing until somebody resumes") {
  Desk desk;
  REQUIRE(desk.trade(1).loop.trades == 1);
  desk.held = 0;  // sold by hand
  CHECK(desk.trade(2).loop.trades == 0);
  CHECK(desk.state() == store::TraderState::reducing);
  CHECK(store::schedules::get(desk.rig.database, "btc").trader_state_reason == "it holds 0, not 100");

  CHECK(desk.trade(3).loop.trades == 0);  // the books agree by now, but nobody has looked
  CHECK(desk.seen.position == 0);
  CHECK(desk.state() == store::TraderState::reducing);
  store::Transaction change(desk.rig.database);
  store::schedules::release_trader(change, "btc", desk.clock.now());
  change.commit();
  CHECK(desk.trade(4).loop.trades == 1);
}

TEST_CASE("an order that a crash left open is handed to the broker, and its end is recorded") {
  Desk desk;
  const auto session = desk.trade().session_id;
  store::LiveOrder order;
  order.client_order_id = "ctt-btc-77";
  order.session_id = session;
  order.schedule_id = "btc";
  order.symbol = "BTC/USD";
  order.notional = 500;
  order.created_at = order.updated_at = desk.clock.now();
  store::Transaction change(desk.rig.database);
  REQUIRE(store::live_orders::intend(change, order));
  change.commit();
  desk.trade();
  REQUIRE(desk.seen.open_orders.size() == 1);
  CHECK(desk.seen.open_orders[0].client_order_id == "ctt-btc-77");
  CHECK(desk.seen.open_orders[0].side == environment::Side::buy);
  CHECK(store::live_orders::pending(desk.rig.database, "btc").empty());
}

TEST_CASE("a decision that was carried out before is not carried out again by the next session") {
  Desk desk;
  desk.trade();
  desk.held = 0;  // sold by hand
  desk.trade();
  store::Transaction change(desk.rig.database);
  store::schedules::release_trader(change, "btc", desk.clock.now());
  change.commit();
  // The same bars make the same ids.
  CHECK(desk.trade().loop.trades == 0);
  CHECK(store::live_orders::list(desk.rig.database, "btc").size() == 1);
}

TEST_CASE("the second trader of an account and symbol is refused as busy, of another symbol not") {
  Desk desk;
  const auto lock = base::FileLock::try_acquire(desk.rig.home.account_lock("PA1", "BTC/USD"), "ctt trade");
  REQUIRE(lock);
  try {
    desk.trade();
    FAIL("it started");
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::busy);
    CHECK(std::string(error.what()).find("BTC/USD is traded on account PA1 already: pid ") == 0);
  }
  CHECK(base::FileLock::try_acquire(desk.rig.home.account_lock("PA1", "ETH/USD"), "ctt trade"));
}

// All in at 100; 40 % lower a restart finds the peak of the session before.
TEST_CASE("a drawdown that began in an earlier session halts the next one") {
  Desk desk;
  desk.trade();
  ReplayFeed feed({desk.contract.symbol, desk.contract.timeframe, warm_then(desk.contract, {60, 60})}, {});
  LastingBroker broker(desk.held);
  auto options = desk.options();
  options.limits.max_drawdown_fraction = 0.3;
  store::Transaction change(desk.rig.database);
  auto session = *store::live_sessions::newest(desk.rig.database, "btc");
  session.state.peak_equity = 30000;  // cash and 100 coins at 100 make 20,000; at 60 they are 16,000
  store::live_sessions::update(change, session.id, session.state);
  change.commit();
  const auto report = Trader(options, desk.rig.home, desk.rig.database, feed, broker, desk.clock).run({});
  CHECK(report.halted);
  CHECK(desk.state() == store::TraderState::halted);
}

TEST_CASE("a trader that is to flatten sells what the account holds, halts and ends") {
  Desk desk;
  desk.trade();
  REQUIRE(desk.held == 100);
  struct NoBars : BarFeed {
    std::vector<market::Candle> history(std::size_t) override { return {}; }
    FeedEvent next(std::chrono::milliseconds) override { return {}; }
    bool live() const override { return true; }
    std::string name() const override { return "none"; }
  } feed;
  LastingBroker broker(desk.held);
  auto options = desk.options();
  options.flatten = "holiday";
  const auto report = Trader(options, desk.rig.home, desk.rig.database, feed, broker, desk.clock).run({});
  CHECK(desk.held == 0);
  CHECK(report.halted);
  CHECK(desk.state() == store::TraderState::halted);
  CHECK(store::schedules::get(desk.rig.database, "btc").trader_state_reason == "holiday: 0 BTC/USD left");
}

// Every row of a query, as text.
std::string rows(const Desk& desk, const std::string& query) {
  const SQLite::Database database(desk.rig.home.database().string(), SQLite::OPEN_READONLY);
  SQLite::Statement statement(database, query);
  std::string text;
  while (statement.executeStep()) {
    for (int column = 0; column < statement.getColumnCount(); ++column)
      text += statement.getColumn(column).getString() + "|";
    text += "\n";
  }
  return text;
}

// All in, then a fall by 90 %, with a limit of 30 %; a real order is on its way, and a model is desired that
// will not load.
TEST_CASE("a replay beside a real trader touches nothing of its schedule") {
  Desk desk;
  const auto session = desk.trade().session_id;
  const auto lock = base::FileLock::try_acquire(desk.rig.home.trader_lock("btc"), "ctt trade");
  REQUIRE(lock);  // as the real trader holds it
  store::LiveOrder order;
  order.client_order_id = "ctt-btc-77";
  order.session_id = session;
  order.schedule_id = "btc";
  order.symbol = "BTC/USD";
  order.quantity = 1;
  order.created_at = order.updated_at = desk.clock.now();
  store::Transaction change(desk.rig.database);
  REQUIRE(store::live_orders::intend(change, order));
  change.commit();
  std::filesystem::remove(
      desk.rig.home.model(desk.rig.request_deployment(desk.rig.publish(wilful(desk.contract, 3)))));

  const auto real = [&] {
    return rows(desk, "SELECT * FROM continuous_training_schedules") +
           rows(desk, "SELECT * FROM deployments ORDER BY id") +
           rows(desk, "SELECT * FROM live_orders WHERE client_order_id = 'ctt-btc-77'") +
           rows(desk, "SELECT * FROM live_sessions WHERE account <> ''");
  };
  const auto before = real();
  ReplayFeed feed(
      {desk.contract.symbol, desk.contract.timeframe, warm_then(desk.contract, {100, 100, 10, 10})}, {});
  SimulatedBroker broker(10000, {}, environment::Fill::close);
  auto options = Rig::options();
  options.limits.max_drawdown_fraction = 0.3;
  const auto report = Trader(options, desk.rig.home, desk.rig.database, feed, broker, desk.clock).run({});
  CHECK(report.halted);
  CHECK(report.loop.trades == 1);
  CHECK(real() == before);
  CHECK(store::live_sessions::newest(desk.rig.database, "btc")->id == session);
  CHECK(store::live_sessions::get(desk.rig.database, report.session_id).status ==
        store::SessionStatus::stopped);
}

TEST_CASE(
    "a replay that was killed is ended by the next session, a running one and the real trader's are not") {
  Desk desk;
  desk.trade();
  const auto open = [&](const std::string& id, const std::string& account) {
    store::Transaction change(desk.rig.database);
    auto row = *store::live_sessions::newest(desk.rig.database, "btc");
    row.id = id;
    row.account = account;
    row.replay = account.empty();
    row.status = store::SessionStatus::running;
    row.stopped_at.reset();
    store::live_sessions::insert(change, row);
    store::LiveOrder order;
    order.client_order_id = "order of " + id;
    order.session_id = id;
    order.schedule_id = "btc";
    order.symbol = "BTC/USD";
    order.quantity = 1;
    store::live_orders::intend(change, order);
    change.commit();
  };
  open("live-killed", "");
  open("live-runs", "");
  open("live-real", "PA1");
  const auto lock = base::FileLock::try_acquire(desk.rig.home.session_lock("live-runs"), "ctt trade");
  const auto status = [&](const char* id) { return store::live_sessions::get(desk.rig.database, id).status; };
  const auto order = [&](const char* id) {
    return store::live_orders::find(desk.rig.database, fmt::format("order of {}", id))->status;
  };
  ReplayFeed feed({desk.contract.symbol, desk.contract.timeframe, warm_then(desk.contract, {100})}, {});
  SimulatedBroker broker(10000, {}, environment::Fill::close);
  SUBCASE("by a replay") {
    const auto report =
        Trader(Rig::options(), desk.rig.home, desk.rig.database, feed, broker, desk.clock).run({});
    CHECK(status("live-real") == store::SessionStatus::running);
    CHECK(order("live-real") == market::OrderStatus::intended);
    CHECK_FALSE(std::filesystem::exists(desk.rig.home.session_lock(report.session_id)));
  }
  SUBCASE("by the real trader, which asks its broker about no order of a replay") {
    desk.trade();
    CHECK(status("live-real") == store::SessionStatus::failed);
    REQUIRE(desk.seen.open_orders.size() == 1);
    CHECK(desk.seen.open_orders[0].client_order_id == "order of live-real");
  }
  CHECK(status("live-killed") == store::SessionStatus::failed);
  CHECK(order("live-killed") == market::OrderStatus::cancelled);
  CHECK(status("live-runs") == store::SessionStatus::running);
  CHECK(order("live-runs") == market::OrderStatus::intended);
}

TEST_CASE("a replay begins active, whatever the state of the real trader") {
  Desk desk;
  desk.trade();
  store::Transaction change(desk.rig.database);
  store::schedules::halt_trader(change, "btc", "a look", desk.clock.now());
  change.commit();
  ReplayFeed feed({desk.contract.symbol, desk.contract.timeframe, warm_then(desk.contract, {100, 100})}, {});
  SimulatedBroker broker(10000, {}, environment::Fill::close);
  const auto report =
      Trader(Rig::options(), desk.rig.home, desk.rig.database, feed, broker, desk.clock).run({});
  CHECK(report.loop.trades == 1);
  CHECK(desk.state() == store::TraderState::halted);
}

// A crash between the difference and the next bar: what was taken over is remembered.
TEST_CASE("books that were acknowledged do not differ again at the next start without a bar") {
  Desk desk;
  REQUIRE(desk.trade(1).loop.trades == 1);
  desk.held = 0;  // sold by hand
  struct NoBars : BarFeed {
    std::vector<market::Candle> history(std::size_t) override { return {}; }
    FeedEvent next(std::chrono::milliseconds) override { return {FeedEvent::Kind::ended, {}}; }
    bool live() const override { return true; }
    std::string name() const override { return "none"; }
  };
  for (int start = 0; start < 3; ++start) {
    NoBars feed;
    LastingBroker broker(desk.held);
    Trader(desk.options(), desk.rig.home, desk.rig.database, feed, broker, desk.clock).run({});
    CHECK(broker.seen.position == (start == 0 ? 100 : 0));
    CHECK((desk.state() == store::TraderState::reducing) == (start == 0));
    store::Transaction change(desk.rig.database);
    store::schedules::release_trader(change, "btc", desk.clock.now());
    change.commit();
  }
}

// A ledger of 4000, all of it in coins worth 10000.
struct LedgerDesk : Desk {
  LedgerDesk() { leave(0); }

  void leave(double cash) {
    auto options = this->options();
    options.budget = 4000;
    ReplayFeed feed({contract.symbol, contract.timeframe, warm_then(contract, {100, 100})}, {});
    LastingBroker broker(held);
    Trader(options, rig.home, rig.database, feed, broker, clock).run({});
    auto session = *store::live_sessions::newest(rig.database, "btc");
    session.state.cash = cash;
    store::Transaction change(rig.database);
    store::live_sessions::update(change, session.id, session.state);
    change.commit();
  }
  // A session that ends before its first bar; what was handed to the broker.
  Ledger start(double budget) {
    struct NoBars : BarFeed {
      std::vector<market::Candle> history(std::size_t) override { return {}; }
      FeedEvent next(std::chrono::milliseconds) override { return {FeedEvent::Kind::ended, {}}; }
      bool live() const override { return true; }
      std::string name() const override { return "none"; }
    } feed;
    auto options = this->options();
    options.budget = budget;
    LastingBroker broker(held);
    Trader(options, rig.home, rig.database, feed, broker, clock).run({});
    return broker.seen;
  }
  store::SessionState stored() { return store::live_sessions::newest(rig.database, "btc")->state; }
};

TEST_CASE("a budget that was raised counts once, though the first session with it saw no bar") {
  LedgerDesk desk;
  CHECK(desk.start(5000).cash == 1000);
  CHECK(desk.stored().peak_equity == 11000);
  CHECK(desk.stored().equity == 11000);
  CHECK(desk.stored().risk_state.find(R"("day_equity":11000)") != std::string::npos);
  CHECK(desk.start(5000).cash == 1000);
  CHECK(desk.stored().peak_equity == 11000);
}

TEST_CASE("a ledger that is a little below 0 goes on, and a budget is not lowered below its position") {
  LedgerDesk desk;
  desk.leave(-0.004);
  CHECK(desk.start(4000).cash == -0.004);
  CHECK_THROWS_WITH(desk.start(3000),
                    "schedule btc has -0.00 USD in cash, and its budget was lowered by 1000.00");
}

TEST_CASE("a flatten that was promised before a restart goes on after it") {
  std::string before;
  SUBCASE("of a trader that was active") {}
  SUBCASE("of one that had lost beyond a limit, which stays said") {
    before = "equity 60.00 is 40.00 % below its peak 100.00; the limit is 30.00 %";
  }
  Desk desk;
  desk.trade();
  REQUIRE(desk.held == 100);
  store::Transaction change(desk.rig.database);
  if (!before.empty()) store::schedules::halt_trader(change, "btc", before, desk.clock.now());
  store::schedules::request_flatten(change, "btc", "holiday", desk.clock.now());
  change.commit();
  struct FewTurns : BarFeed {
    int turns = 0;
    std::vector<market::Candle> history(std::size_t) override { return {}; }
    FeedEvent next(std::chrono::milliseconds) override {
      std::this_thread::sleep_for(5ms);
      return {++turns < 400 ? FeedEvent::Kind::idle : FeedEvent::Kind::ended, {}};
    }
    bool live() const override { return true; }
    std::string name() const override { return "none"; }
  } feed;
  LastingBroker broker(desk.held);
  const auto report =
      Trader(desk.options(), desk.rig.home, desk.rig.database, feed, broker, desk.clock).run({});
  CHECK(desk.held == 0);
  CHECK(report.halted);
  CHECK_FALSE(report.flattening);
  const auto row = store::schedules::get(desk.rig.database, "btc");
  CHECK_FALSE(row.flatten_reason);
  CHECK(is_loss(row.trader_state_reason.value_or("")) == !before.empty());
}

}  // namespace
}  // namespace ctt::trader
