#include "contract.h"
#include "desk.h"
#include "serve/series.h"
#include "store/candles.h"
#include "store/live_decisions.h"
#include "store/live_sessions.h"
#include "store/live_trades.h"
#include "wire/server.h"

using namespace ctt;
using namespace ctt::serve;
using namespace std::chrono_literals;

namespace {

const auto kFirst = sample::bar("2026-11-23T06:00:00Z");

/// The schedule btc with a trader that decided on five hourly bars and bought on the second.
struct Floor : Desk {
  Floor() {
    change([](store::Transaction& change) {
      store::schedules::insert(change, sample::schedule_row("btc"));
      store::LiveSession session;
      session.id = "live-000000000001";
      session.schedule_id = "btc";
      session.symbol = "BTC/USD";
      session.timeframe = "1h";
      session.started_at = sample::at("2026-11-23T06:00:00Z");
      session.initial_equity = 1000;
      session.state.equity = 1100;
      session.state.peak_equity = 1200;
      session.state.position_qty = 0.5;
      session.state.entry_price = 200;
      session.state.total_bars = 5;
      session.state.total_trades = 1;
      session.model_version = 1;
      store::live_sessions::insert(change, session);
      std::vector<store::LiveDecision> decisions(5);
      for (int i = 0; i < 5; ++i) {
        auto& decision = decisions[static_cast<std::size_t>(i)];
        decision.session_id = session.id;
        decision.bar_open_time = kFirst + i * 1h;
        decision.step = i;
        decision.model_version = 1;
        decision.price = 200 + i;
        decision.equity = 1000 + 10 * i;
      }
      store::live_decisions::append(change, decisions);
      store::LiveTrade trade;
      trade.session_id = session.id;
      trade.timestamp = kFirst + 2h;
      trade.step = 1;
      trade.symbol = "BTC/USD";
      trade.price = 201;
      trade.size = 0.5;
      trade.alpaca_order_id = "a-1";
      trade.model_version = 1;
      store::live_trades::insert(change, trade);
      market::Candle candle{
          .open_time = kFirst, .open = 198, .high = 205, .low = 190, .close = 200, .volume = 7};
      store::candles::upsert(change, {"alpaca", "BTC/USD", market::Timeframe::parse("1h")},
                             std::vector{candle}, sample::kNoon);
    });
  }
  std::vector<double> column(const std::string& target, const char* key) {
    std::vector<double> numbers;
    for (const auto& value : parsed(ask("GET", target)).at(key).as_array())
      numbers.push_back(value.as_number());
    return numbers;
  }
};

}  // namespace

TEST_CASE("without a trader the live status says so with every field") {
  Desk desk;
  auto status = parsed(desk.ask("GET", "/api/live/status"));
  CHECK_FALSE(status.boolean("running", true));
  check_fields(status, {"running", "session_id", "symbol", "timeframe", "paper", "equity", "initial_equity",
                        "pnl", "pnl_pct", "position", "position_qty", "entry_price", "total_trades",
                        "total_bars", "max_drawdown_pct", "model_version"});
}

TEST_CASE("the live status is the newest session's, and one that lost its process does not run") {
  Floor desk;
  auto status = parsed(desk.ask("GET", "/api/live/status"));
  check_fields(status, {"running", "session_id", "symbol", "timeframe", "paper", "equity", "initial_equity",
                        "pnl", "pnl_pct", "position", "position_qty", "entry_price", "total_trades",
                        "total_bars", "max_drawdown_pct", "model_version"});
  CHECK_FALSE(status.boolean("running", true));
  CHECK(status.number("pnl") == 100);
  CHECK(status.number("pnl_pct") == 10);
  CHECK(status.string("position") == "asset");
  CHECK(status.string("state") == "active");
  CHECK(desk.ask("GET", "/api/live/status?schedule_id=eth").status == 404);
}

TEST_CASE("sessions and their fills are bare lists with every field of the contract") {
  Floor desk;
  const auto sessions = base::JsonValue::parse(desk.ask("GET", "/api/live/sessions").body, "").as_array();
  REQUIRE(sessions.size() == 1);
  check_fields(sessions[0].as_object(),
               {"id", "experiment_id", "config", "status", "started_at", "stopped_at", "symbol", "timeframe",
                "initial_equity", "final_equity", "total_trades", "total_bars", "pnl", "max_drawdown_pct",
                "model_version"});
  auto session = parsed(desk.ask("GET", "/api/live/sessions/live-000000000001"));
  CHECK(session.number("pnl") == 100);
  // Its row says running, and nobody holds its lock.
  CHECK(session.string("status") == "failed");
  CHECK(session.string("message").find("is gone without a word") != std::string::npos);
  CHECK(sessions[0].as_object().string("status") == "failed");
  // What its models had learned from is in their files, and there are none.
  CHECK(desk.ask("GET", "/api/live/sessions").body.find(R"("in_sample":null)") != std::string::npos);
  const auto trades =
      base::JsonValue::parse(desk.ask("GET", "/api/live/sessions/live-000000000001/trades").body, "")
          .as_array();
  REQUIRE(trades.size() == 1);
  check_fields(trades[0].as_object(),
               {"id", "session_id", "timestamp", "step", "side", "symbol", "price", "size", "commission",
                "fee_bp", "slippage_bp", "alpaca_order_id", "model_version"});
  CHECK(desk.ask("GET", "/api/live/sessions/live-9").status == 404);
}

TEST_CASE("series come as columns, cut to the range asked for") {
  Floor desk;
  auto equity = parsed(desk.ask("GET", "/api/live/equity"));
  check_fields(equity, {"t", "v", "model_version", "total", "sampled"});
  CHECK(equity.integer("total") == 5);
  CHECK_FALSE(equity.boolean("sampled", true));
  CHECK(desk.column("/api/live/equity?from=2026-11-23T07:00:00Z&to=2026-11-23T08:00:00Z", "v") ==
        std::vector<double>{1010, 1020});
  CHECK(desk.column("/api/live/equity", "t")[0] == static_cast<double>(kFirst.time_since_epoch().count()));

  // The first bar is stored, the others are drawn from the price that was met before to the one that was met.
  CHECK(desk.column("/api/live/bars", "h") == std::vector<double>{205, 201, 202, 203, 204});
  CHECK(desk.column("/api/live/bars", "v") == std::vector<double>{7, 0, 0, 0, 0});
  CHECK(parsed(desk.ask("GET", "/api/live/bars")).integer("drawn") == 4);
  auto two = parsed(desk.ask("GET", "/api/live/bars?max_points=2"));
  CHECK(two.integer("total") == 5);
  CHECK(two.boolean("sampled", false));
  CHECK(desk.column("/api/live/bars?max_points=2", "o") == std::vector<double>{198, 201});
  CHECK(desk.column("/api/live/bars?max_points=2", "c") == std::vector<double>{201, 204});

  auto trades = parsed(desk.ask("GET", "/api/live/trades"));
  check_fields(trades, {"t", "v", "side", "size", "commission", "model_version", "total", "sampled"});
  CHECK(desk.column("/api/live/trades", "v") == std::vector<double>{201});
  CHECK(desk.ask("GET", "/api/live/equity?from=yesterday").status == 422);
}

TEST_CASE("a second session over the same bars is a line of its own, and each can be asked for") {
  Floor desk;
  desk.change([](store::Transaction& change) {
    auto again = store::live_sessions::find(change, "live-000000000001").value();
    again.id = "live-000000000002";
    again.state.total_bars = 2;
    store::live_sessions::insert(change, again);
    std::vector<store::LiveDecision> decisions(2);
    for (int i = 0; i < 2; ++i) {
      auto& decision = decisions[static_cast<std::size_t>(i)];
      decision.session_id = again.id;
      decision.bar_open_time = kFirst + i * 1h;
      decision.step = i;
      decision.model_version = 1;
      decision.price = 100 * (i + 1);
      decision.equity = 500;
    }
    store::live_decisions::append(change, decisions);
  });
  CHECK(desk.column("/api/live/equity", "v") == std::vector<double>{500, 500});
  CHECK(desk.column("/api/live/equity", "hold") == std::vector<double>{500, 1000});
  CHECK(desk.column("/api/live/bars", "c") == std::vector<double>{200, 200});  // the first bar is stored
  CHECK(desk.column("/api/live/trades", "v").empty());
  const std::string old = "?session_id=live-000000000001";
  CHECK(desk.column("/api/live/equity" + old, "v").size() == 5);
  CHECK(desk.column("/api/live/trades" + old, "v") == std::vector<double>{201});
  CHECK(desk.ask("GET", "/api/live/equity?session_id=live-9").status == 404);
  CHECK(desk.ask("GET", "/api/live/sessions?schedule_id=eth").status == 404);
  CHECK(base::JsonValue::parse(desk.ask("GET", "/api/live/sessions?schedule_id=btc").body, "")
            .as_array()
            .size() == 2);
}

TEST_CASE("results tell round trips, periods and models, and keep the contract") {
  Floor desk;
  desk.change([](store::Transaction& change) {
    store::LiveTrade sale;
    sale.session_id = "live-000000000001";
    sale.timestamp = kFirst + 4h;
    sale.side = store::Side::sell;
    sale.symbol = "BTC/USD";
    sale.price = 211;
    sale.size = 0.5;
    sale.commission = 1;
    sale.model_version = 1;
    store::live_trades::insert(change, sale);
  });
  const auto answer = desk.ask("GET", "/api/live/results?schedule_id=btc");
  CHECK_CONTRACT(answer, "TradingResults");
  auto results = parsed(answer);
  CHECK(results.integer("trips") == 1);
  CHECK(results.number("win_rate") == 1);
  auto trip = results.at("round_trips").as_array().at(0).as_object();
  CHECK(trip.number("entry_price") == 201);
  CHECK(trip.number("exit_price") == 211);
  CHECK(trip.number("profit") == doctest::Approx(4));  // half of 10, less the commission
  CHECK(trip.integer("duration_s") == 2 * 3600);
  CHECK(results.at("days").as_array().size() == 1);
  CHECK(results.number("return_pct") == doctest::Approx(4));
  CHECK(results.number("hold_pct") == doctest::Approx(2));
  CHECK_CONTRACT(Desk().ask("GET", "/api/live/results"), "Problem");
}

TEST_CASE("a series without a beginning is of the newest 20,000 rows, one with a beginning is whole") {
  Floor desk;
  constexpr int kMinutes = 20'100;
  desk.change([](store::Transaction& change) {
    std::vector<store::LiveDecision> decisions(kMinutes);
    std::vector<market::Candle> candles(kMinutes);
    for (int i = 0; i < kMinutes; ++i) {
      auto& decision = decisions[static_cast<std::size_t>(i)];
      decision.session_id = "live-000000000001";
      decision.bar_open_time = kFirst - (kMinutes - i) * 1h;
      decision.model_version = 1;
      decision.equity = 1000;
      decision.price = 100;
      candles[static_cast<std::size_t>(i)] = {.open_time = decision.bar_open_time,
                                              .open = 100,
                                              .high = 100,
                                              .low = 100,
                                              .close = 100,
                                              .volume = 1};
    }
    store::live_decisions::append(change, decisions);
    store::candles::upsert(change, {"alpaca", "BTC/USD", market::Timeframe::parse("1h")}, candles,
                           sample::kNoon);
  });
  const auto total = [&](const std::string& target) {
    return parsed(desk.ask("GET", target)).integer("total");
  };
  CHECK(total("/api/live/equity") == 20'000);
  CHECK(desk.column("/api/live/equity?max_points=20000", "v").back() == 1040);  // the newest are there
  CHECK(total("/api/live/equity?from=2000-01-01T00:00:00Z") == kMinutes + 5);
  CHECK(total("/api/live/bars") <= 20'005);  // five of them are of the trader alone
  CHECK(total("/api/live/bars?from=2000-01-01T00:00:00Z") == kMinutes + 5);
  CHECK(total("/api/live/trades") == 1);
}

TEST_CASE("what is said of a trader keeps the contract") {
  Floor desk;
  CHECK_CONTRACT(desk.ask("GET", "/api/live/status"), "LiveStatus");
  CHECK_CONTRACT(desk.ask("GET", "/api/live/sessions"), "LiveSession[]");
  CHECK_CONTRACT(desk.ask("GET", "/api/live/sessions/live-000000000001/trades"), "LiveTrade[]");
  CHECK_CONTRACT(desk.ask("GET", "/api/live/equity"), "EquitySeries");
  CHECK_CONTRACT(desk.ask("GET", "/api/live/bars"), "BarSeries");
  CHECK_CONTRACT(desk.ask("GET", "/api/live/trades"), "TradeSeries");
}

TEST_CASE("a sampled curve keeps each stretch's ends, its lowest and its highest") {
  std::vector<store::EquityPoint> points(10'000);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].at = kFirst + std::chrono::seconds(i);
    points[i].equity = 100;
  }
  points[4321].equity = 1;
  points[8765].equity = 900;
  const auto kept = sampled(std::span<const store::EquityPoint>(points), 400);
  CHECK(kept.size() <= 400);
  CHECK(kept.front().at == points.front().at);
  CHECK(kept.back().at == points.back().at);
  CHECK(std::ranges::min(kept, {}, &store::EquityPoint::equity).at == points[4321].at);
  CHECK(std::ranges::max(kept, {}, &store::EquityPoint::equity).at == points[8765].at);
  CHECK(std::ranges::is_sorted(kept, {}, &store::EquityPoint::at));
}

TEST_CASE("a halt is written to the schedule while no trader runs, and a resume takes it back") {
  Floor desk;
  auto halted = parsed(desk.ask("POST", "/api/live/halt", R"({"reason":"news"})"));
  check_fields(halted, {"schedule_id", "state", "changed", "trader_running"});
  CHECK(halted.boolean("changed", false));
  CHECK_FALSE(halted.boolean("trader_running", true));
  auto status = parsed(desk.ask("GET", "/api/live/status"));
  CHECK(status.string("state") == "halted");
  CHECK(status.string("state_reason") == "news");
  CHECK_FALSE(parsed(desk.ask("POST", "/api/live/halt")).boolean("changed", true));
  CHECK(parsed(desk.ask("POST", "/api/live/resume")).string("state") == "active");
}

TEST_CASE("a running trader is asked to halt, and its no is a conflict") {
  Floor desk;
  const wire::Server trader(
      wire::Server::Options(desk.home.trader_socket("btc")), [](const wire::Request& request) {
        return request.op == "halt" ? wire::Answer::yes() : wire::Answer::no("refused", "not while it burns");
      });
  CHECK(parsed(desk.ask("POST", "/api/live/halt")).boolean("trader_running", false));
  const auto refused = desk.ask("POST", "/api/live/resume");
  CHECK(refused.status == 409);
  CHECK(parsed(refused).at("current").as_object().string("schedule_id") == "btc");
  CHECK(parsed(refused).string("detail") == "the trader of btc refused: not while it burns");
}
