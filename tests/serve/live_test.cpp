#include "serve/live_tail.h"

#include <doctest/doctest.h>

#include "serve/client.h"
#include "store/live_decisions.h"
#include "store/live_trades.h"
#include "store/sample.h"

using namespace ctt;
using namespace ctt::serve;
using namespace std::chrono_literals;

namespace {

const auto kFirstBar = sample::bar("2026-11-23T06:00:00Z");

store::LiveSession session(std::string id) {
  store::LiveSession live;
  live.id = std::move(id);
  live.schedule_id = "btc";
  live.symbol = "BTC/USD";
  live.timeframe = "1h";
  live.started_at = sample::kNoon;
  live.initial_equity = 10'000;
  live.state.equity = live.state.cash = live.state.peak_equity = 10'000;
  return live;
}

store::LiveDecision decision(const std::string& session_id, int step) {
  store::LiveDecision made;
  made.session_id = session_id;
  made.bar_open_time = kFirstBar + 1h * step;
  made.step = step;
  made.model_version = 1;
  made.model_sha256 = sample::sha('a');
  made.action = step == 1 ? 1 : 0;
  made.side = step == 1 ? store::Side::buy : store::Side::none;
  made.price = 30'000 + step;
  made.equity = 10'000 + step;
  made.position = step >= 1 ? 0.25 : 0;
  made.decided_at = sample::kNoon;
  return made;
}

store::LiveTrade fill(const std::string& session_id, int step) {
  store::LiveTrade trade;
  trade.session_id = session_id;
  trade.timestamp = sample::kNoon;
  trade.step = step;
  trade.symbol = "BTC/USD";
  trade.price = 30'001;
  trade.size = 0.25;
  trade.commission = 7.5;
  trade.alpaca_order_id = "order-1";
  trade.model_version = 1;
  return trade;
}

// A bar is decided on, and the account is what it is afterwards.
void decide(store::Transaction& change, const std::string& id, int step, bool with_fill = false) {
  const store::LiveDecision decisions[] = {decision(id, step)};
  store::live_decisions::append(change, decisions);
  if (with_fill) store::live_trades::insert(change, fill(id, step));
  auto state = session(id).state;
  state.equity = 9'900;
  state.cash = 2'400;
  state.position_qty = 0.25;
  state.entry_price = 30'001;
  state.total_bars = step + 1;
  state.total_trades = with_fill ? 1 : 0;
  store::live_sessions::update(change, id, state);
}

base::JsonObject parsed(const std::string& text) { return base::JsonValue::parse(text, "frame").as_object(); }

// The frames as a client of /ws/dashboard gets them.
std::vector<std::string> news(LiveTail& tail) {
  std::vector<std::string> texts;
  for (auto& frame : tail.news()) texts.push_back(std::move(frame.text));
  return texts;
}

std::vector<std::string> types(const std::vector<std::string>& frames) {
  std::vector<std::string> names;
  for (const auto& frame : frames) names.push_back(parsed(frame).string("type"));
  return names;
}

}  // namespace

TEST_CASE("without a trader the live view says stopped, and has no news") {
  sample::Ledger ledger;
  LiveTail tail(ledger.database);
  REQUIRE(types(tail.greeting()) == std::vector<std::string>{"live_status"});
  CHECK(parsed(tail.greeting()[0]).string("state") == "stopped");
  CHECK(news(tail).empty());
}

TEST_CASE("each bar becomes a bar, an action and an account, each fill a trade, every field by its name") {
  sample::Ledger ledger;
  LiveTail tail(ledger.database);
  sample::change(ledger.database, [](auto& t) { store::live_sessions::insert(t, session("live-1")); });
  REQUIRE(types(news(tail)) == std::vector<std::string>{"live_status"});
  sample::change(ledger.database, [](auto& t) { decide(t, "live-1", 0), decide(t, "live-1", 1, true); });

  const auto frames = news(tail);
  REQUIRE(types(frames) == std::vector<std::string>{"live_bar", "live_action", "live_bar", "live_action",
                                                    "live_trade", "live_portfolio"});
  auto bar = parsed(frames[2]);
  CHECK(bar.integer("step") == 1);
  CHECK(bar.integer("timestamp") == (kFirstBar + 1h).time_since_epoch().count());
  // The store does not hold it: it is drawn from the price of the bar before.
  for (const char* price : {"open", "low"}) CHECK(bar.number(price) == 30'000);
  for (const char* price : {"high", "close"}) CHECK(bar.number(price) == 30'001);
  CHECK(bar.number("volume") == 0);
  auto action = parsed(frames[3]);
  CHECK(action.integer("step") == 1);
  CHECK(action.integer("action") == 1);
  CHECK(action.string("action_label") == "buy");
  CHECK(action.number("price") == 30'001);
  CHECK(action.string("position") == "asset");
  CHECK(action.integer("timestamp") == bar.integer("timestamp"));
  auto trade = parsed(frames[4]);
  CHECK(trade.integer("step") == 1);
  CHECK(trade.integer("timestamp") == 1795435220);
  CHECK(trade.string("side") == "buy");
  CHECK(trade.number("price") == 30'001);
  CHECK(trade.number("size") == 0.25);
  CHECK(trade.number("commission") == 7.5);
  CHECK(trade.string("alpaca_order_id") == "order-1");
  CHECK(trade.number("entry_price") == 30'001);
  auto portfolio = parsed(frames[5]);
  CHECK(portfolio.number("equity") == 9'900);
  CHECK(portfolio.number("cash") == 2'400);
  CHECK(portfolio.number("position_value") == 7'500);
  CHECK(portfolio.number("pnl") == -100);
  CHECK(portfolio.number("pnl_pct") == -1);
  CHECK(portfolio.number("drawdown_pct") == doctest::Approx(1));
  CHECK(portfolio.number("entry_price") == 30'001);
  CHECK(news(tail).empty());
}

TEST_CASE("a listener's greeting and the news after it hold every bar and fill once") {
  sample::Ledger ledger;
  sample::change(ledger.database, [](auto& t) {
    store::live_sessions::insert(t, session("live-1"));
    decide(t, "live-1", 0), decide(t, "live-1", 1, true);
  });
  LiveTail tail(ledger.database);
  sample::change(ledger.database, [](auto& t) { decide(t, "live-1", 2, true); });  // nobody has looked yet
  const auto greeting = tail.greeting();
  REQUIRE(types(greeting) ==
          std::vector<std::string>{"live_status", "live_bars_history", "live_trades_history"});
  CHECK(parsed(greeting[1]).at("bars").as_array().size() == 2);
  CHECK(parsed(greeting[2]).at("trades").as_array().size() == 1);
  auto status = parsed(greeting[0]);
  CHECK(status.string("state") == "running");
  CHECK(status.string("session_id") == "live-1");
  CHECK(status.string("symbol") == "BTC/USD");
  CHECK(status.number("equity") == 9'900);
  CHECK(status.number("pnl") == -100);
  CHECK(status.number("pnl_pct") == -1);
  CHECK(status.string("position") == "asset");
  CHECK(status.number("entry_price") == 30'001);
  CHECK(status.integer("total_bars") == 3);
  CHECK(status.integer("total_trades") == 1);
  CHECK(status.number("drawdown_pct") == doctest::Approx(1));
  CHECK(types(news(tail)) ==
        std::vector<std::string>{"live_bar", "live_action", "live_trade", "live_portfolio"});
}

TEST_CASE("another trader's bars begin anew, and its end is told") {
  sample::Ledger ledger;
  sample::change(ledger.database, [](auto& t) {
    store::live_sessions::insert(t, session("live-1"));
    decide(t, "live-1", 0), decide(t, "live-1", 1);
  });
  LiveTail tail(ledger.database);
  sample::change(ledger.database, [](auto& t) {
    auto next = session("live-2");
    next.started_at += 1h;
    store::live_sessions::insert(t, next);
    decide(t, "live-2", 0);
  });
  CHECK(types(news(tail)) ==
        std::vector<std::string>{"live_status", "live_bar", "live_action", "live_portfolio"});
  sample::change(ledger.database, [](auto& t) {
    store::live_sessions::finish(t, "live-2", store::SessionStatus::stopped, std::nullopt,
                                 sample::kNoon + 2h);
  });
  const auto frames = news(tail);
  REQUIRE(types(frames) == std::vector<std::string>{"live_status"});
  CHECK(parsed(frames[0]).string("state") == "stopped");
}

TEST_CASE(
    "each schedule's trader is followed, its frames name it, and only those of the newest go to /ws/live") {
  sample::Ledger ledger;
  sample::change(ledger.database, [](auto& t) {
    store::schedules::insert(t, sample::schedule_row("eth"));
    auto other = session("live-2");
    other.schedule_id = "eth";
    store::live_sessions::insert(t, other);
    store::live_sessions::insert(t, session("live-1"));
  });
  LiveTail tail(ledger.database);
  sample::change(ledger.database, [](auto& t) { decide(t, "live-1", 0), decide(t, "live-2", 0); });
  std::vector<std::string> told;
  for (const auto& frame : tail.news()) {
    auto fields = parsed(frame.text);
    told.push_back(fmt::format("{} {} {} {}", fields.string("type"), fields.string("schedule_id"),
                               fields.string("session_id"), frame.newest));
  }
  CHECK(told == std::vector<std::string>{"live_bar eth live-2 false", "live_action eth live-2 false",
                                         "live_portfolio eth live-2 false", "live_bar btc live-1 true",
                                         "live_action btc live-1 true", "live_portfolio btc live-1 true"});
}

TEST_CASE("the live socket greets, follows the trader and answers no other's events") {
  test::Running server(test::Running::open());
  store::Database database(server.database());
  sample::change(database, [](auto& t) {
    sample::add_basics(t);
    store::schedules::insert(t, sample::schedule_row("btc"));
    store::live_sessions::insert(t, session("live-1"));
    decide(t, "live-1", 0);
  });
  std::this_thread::sleep_for(100ms);  // so that the first bar is history
  test::Socket socket(server.port(), "/ws/live");
  const auto next = [&] {
    const auto text = socket.read();
    REQUIRE(text);
    return parsed(*text).string("type");
  };
  CHECK(next() == "live_status");
  CHECK(next() == "live_bars_history");
  CHECK(next() == "live_trades_history");
  socket.send("ping");
  server.append("continuous_cycle_complete");
  server.append("live_model_updated");
  CHECK(next() == "live_model_updated");
  sample::change(database, [](auto& t) { decide(t, "live-1", 1); });
  CHECK(next() == "live_bar");
  CHECK(next() == "live_action");
  CHECK(next() == "live_portfolio");
}
