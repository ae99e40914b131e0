#include "trader/trader.h"

#include <atomic>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "rig.h"
#include "store/deployments.h"
#include "store/live_decisions.h"
#include "store/live_orders.h"
#include "store/live_sessions.h"
#include "store/live_trades.h"
#include "store/models.h"

namespace ctt::trader {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a replay is recorded: session, decisions, orders, trades") {
  Rig rig;
  const auto report = rig.trade({walk(300, 4), Rig::options(), {}, 10000});
  CHECK(report.end == TradeReport::End::feed_ended);
  const auto session = store::live_sessions::get(rig.database, report.session_id);
  CHECK(session.status == store::SessionStatus::stopped);
  CHECK(session.replay);
  CHECK(session.paper);
  CHECK(session.model_version == 1);
  CHECK(session.initial_equity == 10000);
  CHECK(session.state.equity == report.loop.equity);
  CHECK(session.state.total_bars == static_cast<std::int64_t>(report.loop.bars));
  CHECK(store::live_decisions::count(rig.database, report.session_id) ==
        static_cast<std::int64_t>(report.loop.decisions));
  const auto trades = store::live_trades::of_session(rig.database, report.session_id);
  CHECK(trades.size() == report.loop.trades);
  REQUIRE(trades.size() > 5);
  for (const auto& trade : trades) CHECK(trade.model_version == 1);
  CHECK(store::live_orders::pending(rig.database, "btc").empty());
  // The base policy was desired all along: now somebody has said that he serves it.
  CHECK(store::deployments::served(rig.database, "btc")->model_version == 1);
  CHECK_FALSE(std::filesystem::exists(rig.home.trader_socket("btc")));
}

TEST_CASE("the same replay twice gives the same trades") {
  Rig rig;
  const auto one = rig.trade({walk(300, 4), Rig::options(), {}, 10000});
  const auto two = rig.trade({walk(300, 4), Rig::options(), {}, 10000});
  CHECK(one.loop.equity == two.loop.equity);
  const auto first = store::live_trades::of_session(rig.database, one.session_id);
  const auto second = store::live_trades::of_session(rig.database, two.session_id);
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].timestamp == second[i].timestamp);
    CHECK(first[i].price == second[i].price);
    CHECK(first[i].size == second[i].size);
  }
}

// Runs a trader in the background until told to stop.
class Background {
 public:
  Background(Rig& rig, Options options, std::vector<market::Candle> candles = walk(100'000, 4)) {
    options.on_ready = [this](const std::string&) { ready_ = true; };
    options.on_bar = [this](const BarResult&) { ++bars_; };
    thread_ = std::thread([this, &rig, options, candles = std::move(candles)] {
      try {
        report_ = rig.trade({candles, options, {.bars_per_second = 500, .factor = 0}, 10000});
      } catch (const base::Error& error) {
        failure_ = error.what();
      }
      ready_ = true;
    });
    while (!ready_) std::this_thread::sleep_for(1ms);
  }
  ~Background() {
    if (thread_.joinable()) thread_.join();
  }
  void wait_for_bars(std::size_t more) const {
    const auto until = bars_ + more;
    while (bars_ < until) std::this_thread::sleep_for(1ms);
  }
  TradeReport join() {
    thread_.join();
    CHECK(failure_ == "");
    return report_;
  }

 private:
  std::atomic<bool> ready_ = false;
  std::atomic<std::size_t> bars_ = 0;
  TradeReport report_;
  std::string failure_;
  std::thread thread_;
};

TEST_CASE("a running trader answers, halts, resumes and stops over its socket") {
  Rig rig;
  Background trader(rig, Rig::options());
  trader.wait_for_bars(5);
  CHECK(rig.ask("ping").find("\"ok\":true") != std::string::npos);
  CHECK(rig.ask("status").find(R"("state":"active")") != std::string::npos);
  CHECK(rig.ask("halt").find(R"("state":"halted")") != std::string::npos);
  trader.wait_for_bars(2);
  CHECK(rig.ask("status").find(R"("state":"halted")") != std::string::npos);
  CHECK(rig.ask("resume").find(R"("state":"active")") != std::string::npos);
  CHECK(rig.ask("stop").find("\"ok\":true") != std::string::npos);
  const auto report = trader.join();
  CHECK(report.end == TradeReport::End::stopped);
  CHECK(store::live_sessions::get(rig.database, report.session_id).status == store::SessionStatus::stopped);
  CHECK(rig.ask("ping") == "nobody_listening");
}

TEST_CASE("a second trader of the same schedule is turned away with the holder's pid") {
  Rig rig;
  const auto lock = base::FileLock::try_acquire(rig.home.trader_lock("btc"), "ctt trade");
  REQUIRE(lock);
  try {
    rig.trade({walk(100, 4), Rig::options(), {}, 10000});
    FAIL("it ran");
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::busy);
    CHECK(std::string(error.what()).find(std::to_string(::getpid())) != std::string::npos);
  }
  CHECK(store::live_sessions::list(rig.database).empty());
}

TEST_CASE("a deployment whose nudge was lost is served by the next bars and confirmed once") {
  Rig rig;
  Background trader(rig, Rig::options());
  trader.wait_for_bars(2);
  const auto sha256 = rig.deploy(wilful(rig.contract, 9));
  for (int i = 0; i < 2000 && rig.ask("status").find(sha256) == std::string::npos; ++i)
    std::this_thread::sleep_for(1ms);
  CHECK(rig.ask("status").find(sha256) != std::string::npos);
  rig.ask("stop");
  const auto report = trader.join();
  CHECK(report.swaps == 1);
  CHECK(report.model_version == 2);
  CHECK(store::deployments::served(rig.database, "btc")->sha256 == sha256);
  std::size_t announced = 0;
  for (const auto& event : rig.events("continuous_model_deployed")) {
    if (event.find(sha256) != std::string::npos) ++announced;
  }
  CHECK(announced == 1);
}

TEST_CASE("a trader that was down finds the new model at its start") {
  Rig rig;
  rig.trade({walk(60, 4), Rig::options(), {}, 10000});
  rig.deploy(wilful(rig.contract, 9));
  const auto report = rig.trade({walk(60, 4), Rig::options(), {}, 10000});
  CHECK(report.model_version == 2);
  CHECK(report.swaps == 0);
  CHECK(store::deployments::served(rig.database, "btc")->model_version == 2);
}

TEST_CASE("a desired model that will not load at the start leaves the confirmed one in service") {
  Rig rig;
  rig.trade({walk(60, 4), Rig::options(), {}, 10000});
  auto foreign = rig.contract;
  foreign.symbol = "ETH/USD";
  rig.deploy(wilful(foreign, 9));
  const auto report = rig.trade({walk(60, 4), Rig::options(), {}, 10000});
  CHECK(report.model_version == 1);
  const auto desired = store::deployments::desired(rig.database, "btc");
  CHECK(desired->model_version == 2);
  CHECK(desired->refusal->find("symbol") != std::string::npos);
}

TEST_CASE("a model that was trained for other costs is served: they change nothing of what it decides on") {
  Rig rig;
  rig.trade({walk(60, 4), Rig::options(), {}, 10000});
  auto dearer = rig.contract;
  dearer.costs = {0.0025, 0.00045};
  rig.deploy(wilful(dearer, 9));
  CHECK(rig.trade({walk(60, 4), Rig::options(), {}, 10000}).model_version == 2);
}

// All in at 100; at 60 the equity is 40 % below its peak, and the price comes back.
TEST_CASE("a drawdown halts, the halt survives a restart, and a resume lets orders go again") {
  const auto contract = contract_with("BSH", environment::Fill::close);
  Rig rig(contract, stubborn(contract, 1));
  auto options = Rig::options();
  options.limits.max_drawdown_fraction = 0.3;
  const auto candles = warm_then(contract, {100, 100, 60, 100, 100});
  const auto halted = rig.trade({candles, options, {}, 10000});
  CHECK(halted.halted);
  CHECK(halted.loop.trades == 1);
  const auto restarted = rig.trade({candles, options, {}, 10000});
  CHECK(restarted.halted);
  CHECK(restarted.loop.trades == 0);
  store::Transaction change(rig.database);
  CHECK(store::schedules::release_trader(change, "btc", base::SystemClock().now()));
  change.commit();
  CHECK(rig.trade({candles, options, {}, 10000}).loop.trades == 1);
}

TEST_CASE("a session that a crash left running is closed by the next start") {
  Rig rig;
  store::LiveSession crashed;
  crashed.id = "live-00000000dead";
  crashed.schedule_id = "btc";
  crashed.symbol = "BTC/USD";
  crashed.timeframe = "1h";
  crashed.started_at = base::SystemClock().now();
  store::LiveOrder order;
  order.client_order_id = "ctt-live-00000000dead-1";
  order.session_id = crashed.id;
  order.schedule_id = "btc";
  order.symbol = "BTC/USD";
  order.notional = 100;
  {
    store::Transaction change(rig.database);
    store::live_sessions::insert(change, crashed);
    store::live_orders::intend(change, order);
    change.commit();
  }
  rig.trade({walk(60, 4), Rig::options(), {}, 10000});
  CHECK(store::live_sessions::get(rig.database, crashed.id).status == store::SessionStatus::failed);
  CHECK(store::live_orders::find(rig.database, order.client_order_id)->status ==
        store::OrderStatus::cancelled);
}

// Gives up in the middle.
struct BrokenFeed : BarFeed {
  std::vector<market::Candle> history(std::size_t rows) override {
    auto candles = walk(rows, 1);
    return candles;
  }
  FeedEvent next(std::chrono::milliseconds) override {
    throw base::Error(base::Failure::unreachable, "the stream is gone");
  }
  bool live() const override { return false; }
  std::string name() const override { return "broken"; }
};

TEST_CASE("a feed that fails ends the session as failed, with the reason") {
  Rig rig;
  BrokenFeed feed;
  SimulatedBroker broker(10000, {}, environment::Fill::close);
  const base::SystemClock clock;
  CHECK_THROWS_WITH(Trader(Rig::options(), rig.home, rig.database, feed, broker, clock).run({}),
                    "the stream is gone");
  const auto session = store::live_sessions::newest(rig.database, "btc");
  REQUIRE(session);
  CHECK(session->status == store::SessionStatus::failed);
  CHECK(session->message == "the stream is gone");
}

TEST_CASE("a model named by the operator is served, whatever is desired") {
  Rig rig;
  const auto version = rig.publish(wilful(rig.contract, 9));
  auto options = Rig::options();
  options.model_version = version;
  const auto report = rig.trade({walk(60, 4), options, {}, 10000});
  CHECK(report.model_version == version);
  CHECK(store::deployments::desired(rig.database, "btc")->model_version == 1);
}

TEST_CASE("a schedule that is not there is refused") {
  Rig rig;
  auto options = Rig::options();
  options.schedule = "eth";
  CHECK_THROWS_WITH(rig.trade({walk(60, 4), options, {}, 10000}),
                    doctest::Contains("no schedule is called \"eth\""));
}

}  // namespace
}  // namespace ctt::trader
