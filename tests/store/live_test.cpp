#include "store/live_decisions.h"
#include "store/live_orders.h"
#include "store/live_sessions.h"
#include "store/live_trades.h"
#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::OrderStatus;
using store::Side;
using store::Transaction;

namespace {

store::LiveSession session(std::string id) {
  store::LiveSession s;
  s.id = std::move(id);
  s.schedule_id = "btc";
  s.symbol = "BTC/USD";
  s.timeframe = "1h";
  s.pid = 4121;
  s.started_at = kNoon;
  s.initial_equity = 10000;
  s.state.equity = s.state.cash = s.state.peak_equity = 10000;
  s.model_version = 1;
  s.model_sha256 = sha('a');
  return s;
}

struct Trading : Ledger {
  Trading() {
    change(database, [](Transaction& t) { store::live_sessions::insert(t, session("live-000000000001")); });
  }
};

store::LiveOrder order(std::string id) {
  store::LiveOrder o;
  o.client_order_id = std::move(id);
  o.session_id = "live-000000000001";
  o.schedule_id = "btc";
  o.bar_open_time = bar("2026-11-23T11:00:00Z");
  o.model_version = 1;
  o.symbol = "BTC/USD";
  o.notional = 500;
  o.created_at = o.updated_at = kNoon;
  return o;
}

store::LiveDecision decision(int hour, double equity) {
  store::LiveDecision d;
  d.session_id = "live-000000000001";
  d.bar_open_time = bar("2026-11-23T00:00:00Z") + std::chrono::hours(hour);
  d.step = hour;
  d.model_version = 1;
  d.model_sha256 = sha('a');
  d.action = 1;
  d.side = Side::buy;
  d.price = 90000;
  d.equity = equity;
  d.decided_at = kNoon;
  return d;
}

}  // namespace

TEST_CASE("a session's account is what the trader last wrote") {
  Trading trading;
  store::SessionState state;
  state.equity = 10250;
  state.cash = 250;
  state.position_qty = 0.1;
  state.entry_price = 97500;
  state.peak_equity = 10300;
  state.max_drawdown_pct = 0.5;
  state.total_trades = 3;
  state.total_bars = 24;
  state.last_bar_at = bar("2026-11-23T11:00:00Z");
  state.scheme_state = R"({"peak":98000})";
  change(trading.database,
         [&](Transaction& t) { store::live_sessions::update(t, "live-000000000001", state); });

  const auto stored = store::live_sessions::get(trading.database, "000000000001");
  CHECK(stored.state.position_qty == 0.1);
  CHECK(stored.state.entry_price == 97500);
  CHECK(stored.state.total_bars == 24);
  CHECK(stored.state.last_bar_at == state.last_bar_at);
  CHECK(stored.state.scheme_state == state.scheme_state);
  CHECK(stored.pnl() == 250);
  CHECK(stored.pnl_pct() == doctest::Approx(2.5));
  CHECK(caught([&] {
          change(trading.database,
                 [&](Transaction& t) { store::live_sessions::update(t, "live-none", state); });
        }).exit_status == 3);
}

TEST_CASE("a swap is counted and told") {
  Trading trading;
  change(trading.database, [](Transaction& t) {
    store::Model model;
    model.sha256 = sha('b');
    model.origin = "cycle";
    store::models::publish(t, model);
    store::live_sessions::swapped(t, "live-000000000001",
                                  {.model_version = 2, .sha256 = sha('b'), .load_ms = 0.5}, kNoon);
  });
  const auto stored = store::live_sessions::newest(trading.database, "btc");
  CHECK(stored->model_version == 2);
  CHECK(stored->swap_count == 1);
  CHECK(trading.newest_event().type == "live_model_updated");
  CHECK(trading.newest_event().payload.ends_with(
      R"("checkpoint_path":"models/v2","swap_count":1,"load_ms":0.5})"));
}

TEST_CASE("a session runs until somebody ends it") {
  Trading trading;
  change(trading.database, [](Transaction& t) {
    store::live_sessions::insert(t, session("live-000000000002"));
    const auto running = store::live_sessions::running(t, "btc");
    CHECK(running.size() == 2);
    store::live_sessions::finish(t, running.front().id, store::SessionStatus::failed, "a crash", kNoon);
  });
  const auto first = store::live_sessions::find(trading.database, "live-000000000001");
  CHECK(first->status == store::SessionStatus::failed);
  CHECK(first->stopped_at == kNoon);
  CHECK(store::live_sessions::running(trading.database, "btc").size() == 1);
  change(trading.database, [](Transaction& t) {
    store::live_sessions::finish(t, "live-000000000002", store::SessionStatus::stopped, std::nullopt, kNoon);
  });
  CHECK(store::live_sessions::list(trading.database).front().status == store::SessionStatus::stopped);
}

TEST_CASE("sessions come in the order they began, whatever the clock said at a start") {
  Trading trading;
  const auto begin = [&](std::string id, base::Instant started_at) {
    change(trading.database, [&](Transaction& t) {
      auto began = session(std::move(id));
      began.account = "PA1";
      began.started_at = started_at;
      store::live_sessions::insert(t, began);
    });
  };
  begin("live-000000000002", kNoon + std::chrono::days(365));  // a start with the clock a year ahead
  begin("live-000000000003", kNoon + std::chrono::hours(1));

  CHECK(store::live_sessions::newest(trading.database, "btc")->id == "live-000000000003");
  CHECK(store::live_sessions::newest_of_account(trading.database, "PA1", "BTC/USD")->id ==
        "live-000000000003");
  std::vector<std::string> ids;
  for (const auto& one : store::live_sessions::list(trading.database)) ids.push_back(one.id);
  CHECK(ids == std::vector<std::string>{"live-000000000003", "live-000000000002", "live-000000000001"});
}

TEST_CASE("an order's intent is recorded once and its end is final") {
  Trading trading;
  const auto intend = [&] {
    return change(trading.database,
                  [](Transaction& t) { return store::live_orders::intend(t, order("btc-1-buy")); });
  };
  CHECK(intend());
  CHECK_FALSE(intend());
  CHECK(store::live_orders::pending(trading.database, "btc").size() == 1);

  const auto update = [&](const market::OrderEvent& event) {
    return change(trading.database,
                  [&](Transaction& t) { return store::live_orders::update(t, event, kNoon); });
  };
  const market::OrderEvent sent{.client_order_id = "btc-1-buy", .broker_order_id = "alpaca-7"};
  CHECK(update(sent));
  const market::OrderEvent filled{.client_order_id = "btc-1-buy",
                                  .status = OrderStatus::filled,
                                  .filled_quantity = 0.0055,
                                  .filled_price_avg = 90900};
  CHECK(update(filled));
  CHECK_FALSE(update(sent));

  const auto stored = store::live_orders::find(trading.database, "btc-1-buy");
  CHECK(stored->status == OrderStatus::filled);
  CHECK(stored->broker_order_id == "alpaca-7");
  CHECK(stored->notional == 500);
  CHECK_FALSE(stored->quantity);
  CHECK(stored->filled_price_avg == 90900);
  CHECK(store::live_orders::pending(trading.database, "btc").empty());
  CHECK(store::live_orders::list(trading.database, "btc").size() == 1);
  CHECK(caught([&] {
          change(trading.database,
                 [&](Transaction& t) { store::live_orders::update(t, {.client_order_id = "none"}, kNoon); });
        }).exit_status == 3);
}

TEST_CASE("what replays did stays apart from a trader on an account, and is there when asked for") {
  Trading trading;  // its first session is one on a simulated account
  const auto replayed = [&] { return store::live_orders::list(trading.database, "btc"); };
  const auto fill = [&](Transaction& t, const std::string& id, int hour) {
    store::LiveTrade trade;
    trade.session_id = id;
    trade.timestamp = kNoon;
    trade.symbol = "BTC/USD";
    trade.price = 90000;
    trade.size = 1;
    store::live_trades::insert(t, trade);
    auto made = decision(hour, 10000 + hour);
    made.session_id = id;
    store::live_decisions::append(t, std::span(&made, 1));
  };
  change(trading.database, [&](Transaction& t) {
    store::live_orders::intend(t, order("replayed"));
    fill(t, "live-000000000001", 1);
  });
  CHECK(replayed().size() == 1);  // never traded on an account: there is nothing else to show
  change(trading.database, [&](Transaction& t) {
    auto real = session("live-000000000002");
    real.account = "PA1";
    store::live_sessions::insert(t, real);
    auto sent = order("sent");
    sent.session_id = real.id;
    store::live_orders::intend(t, sent);
    fill(t, real.id, 2);
  });
  REQUIRE(replayed().size() == 1);
  CHECK(replayed().front().client_order_id == "sent");
  const auto asked_for =
      store::live_orders::list(trading.database, "btc", 100, store::TradingOrigin::replays);
  REQUIRE(asked_for.size() == 1);
  CHECK(asked_for.front().client_order_id == "replayed");
  REQUIRE(store::live_orders::pending(trading.database, "btc").size() == 1);
  CHECK(store::live_orders::pending(trading.database, "btc", "live-000000000001").front().client_order_id ==
        "replayed");
  const auto last = bar("2026-11-24T00:00:00Z");
  CHECK(store::live_trades::of_schedule(trading.database, "btc", kNoon, kNoon).size() == 1);
  CHECK(store::live_trades::newest_of_schedule(trading.database, "btc", kNoon, 10).size() == 1);
  REQUIRE(store::live_decisions::equity(trading.database, "btc", {}, last).size() == 1);
  CHECK(store::live_decisions::newest_equity(trading.database, "btc", last, 10).front().equity == 10002);
}

TEST_CASE("a fill that is reported twice is one trade") {
  Trading trading;
  store::LiveTrade trade;
  trade.session_id = "live-000000000001";
  trade.timestamp = kNoon;
  trade.step = 5;
  trade.symbol = "BTC/USD";
  trade.price = 90900;
  trade.size = 0.0055;
  trade.fill_id = "fill-1";
  trade.model_version = 1;
  const auto insert = [&] {
    return change(trading.database, [&](Transaction& t) { return store::live_trades::insert(t, trade); });
  };
  CHECK(insert());
  CHECK_FALSE(insert());
  trade.fill_id.reset();  // a simulated broker numbers none
  CHECK(insert());
  CHECK(insert());
  CHECK(store::live_trades::count(trading.database, "live-000000000001") == 3);
  CHECK(store::live_trades::of_session(trading.database, "live-000000000001").front().model_version == 1);
  CHECK(store::live_trades::of_schedule(trading.database, "btc", kNoon, kNoon).size() == 3);
  CHECK(store::live_trades::of_schedule(trading.database, "btc", kNoon + std::chrono::seconds(1), kNoon)
            .empty());
}

TEST_CASE(
    "what fills on the account cost is read newest first, without those of replays and of old versions") {
  Trading trading;
  change(trading.database, [](Transaction& t) {
    auto on_account = session("live-000000000002");
    on_account.account = "PA1";
    store::live_sessions::insert(t, on_account);
    store::LiveTrade trade;
    trade.timestamp = kNoon;
    trade.symbol = "BTC/USD";
    trade.price = trade.size = 1;
    trade.session_id = "live-000000000001";
    trade.fee_bp = trade.slippage_bp = 99;
    store::live_trades::insert(t, trade);
    trade.session_id = "live-000000000002";
    for (const double slippage : {4.0, -1.0}) {
      trade.fee_bp = 25;
      trade.slippage_bp = slippage;
      store::live_trades::insert(t, trade);
    }
    trade.fee_bp.reset();
    store::live_trades::insert(t, trade);
  });
  const auto costs = store::live_trades::newest_costs(trading.database, "btc", 10);
  REQUIRE(costs.size() == 2);
  CHECK(costs[0].side_bp() == 24);
  CHECK(costs[1].side_bp() == 29);
  CHECK(store::live_trades::newest_costs(trading.database, "btc", 1).size() == 1);
}

TEST_CASE("a bar has one decision in a session, and equity is read from them") {
  Trading trading;
  const std::vector first{decision(0, 10000), decision(1, 10010)};
  const std::vector overlapping{decision(1, 1), decision(2, 10020)};
  CHECK(change(trading.database, [&](Transaction& t) { return store::live_decisions::append(t, first); }) ==
        2);
  CHECK(change(trading.database,
               [&](Transaction& t) { return store::live_decisions::append(t, overlapping); }) == 1);

  const auto newest = store::live_decisions::newest(trading.database, "live-000000000001", 2);
  REQUIRE(newest.size() == 2);
  CHECK(newest[0].equity == 10010);
  CHECK(newest[1].side == Side::buy);
  CHECK(newest[1].model_sha256 == sha('a'));
  CHECK(store::live_decisions::range(trading.database, "live-000000000001", first[0].bar_open_time,
                                     first[0].bar_open_time)
            .size() == 1);
  const auto equity = store::live_decisions::equity(trading.database, "btc", first[0].bar_open_time,
                                                    overlapping[1].bar_open_time);
  REQUIRE(equity.size() == 3);
  CHECK(equity[2].equity == 10020);
  CHECK(store::live_decisions::count(trading.database, "live-000000000001") == 3);
}

TEST_CASE("old decisions that led to nothing go, those that explain an order or a fill stay") {
  Trading trading;
  // One an hour of a day: all hold but the fifth; the seventh has an order, the ninth a fill.
  std::vector<store::LiveDecision> day;
  for (int hour = 0; hour < 24; ++hour) {
    day.push_back(decision(hour, 10000));
    day.back().side = hour == 5 ? Side::buy : Side::none;
    day.back().decided_at = kNoon + std::chrono::hours(hour);
  }
  auto sent = order("btc-7-sell");
  sent.bar_open_time = day[7].bar_open_time;
  store::LiveTrade fill;
  fill.session_id = sent.session_id;
  fill.timestamp = kNoon;
  fill.step = 9;
  fill.symbol = "BTC/USD";
  change(trading.database, [&](Transaction& t) {
    store::live_decisions::append(t, day);
    store::live_orders::intend(t, sent);
    store::live_trades::insert(t, fill);
  });
  const auto old = kNoon + std::chrono::hours(12);
  CHECK(store::live_decisions::count_prunable(trading.database, old) == 9);
  const auto prune = [&](std::size_t limit) {
    return change(trading.database,
                  [&](Transaction& t) { return store::live_decisions::prune(t, old, limit); });
  };
  CHECK(prune(4) == 4);
  CHECK(prune(100) == 5);
  CHECK(prune(100) == 0);
  std::vector<std::int64_t> steps;
  for (const auto& kept : store::live_decisions::newest(trading.database, sent.session_id, 100))
    steps.push_back(kept.step);
  CHECK(steps == std::vector<std::int64_t>{5, 7, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23});
}

TEST_CASE("a hundred thousand decisions go in within seconds") {
  Trading trading;
  std::vector<store::LiveDecision> many(100'000, decision(0, 10000));
  for (std::size_t i = 0; i < many.size(); ++i) many[i].bar_open_time += std::chrono::minutes(i);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(change(trading.database, [&](Transaction& t) { return store::live_decisions::append(t, many); }) ==
        many.size());
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  MESSAGE("rows/s: ", static_cast<int>(many.size() / seconds.count()));
  CHECK(seconds.count() < 10);
}

}  // namespace ctt
