#include "cmd/status.h"

#include <latch>
#include <thread>

#include "base/files.h"
#include "cmd/schedule/status.h"
#include "cmd/trade/halt.h"
#include "cmd/trade/resume.h"
#include "cmd/trade/status.h"
#include "cmd/trade/stop.h"
#include "schedule/config.h"
#include "store/budgets.h"
#include "store/live_sessions.h"
#include "support/desk.h"
#include "trader/risk.h"
#include "wire/server.h"

using namespace ctt;
using namespace ctt::cmd;
using namespace std::chrono_literals;

namespace {

// Schedules btc, eth and sol that nobody trades yet.
struct Office : support::Desk {
  Office() {
    change([](store::Transaction& change) {
      sample::add_basics(change);
      for (const char* name : {"btc", "eth", "sol"}) {
        auto row = sample::schedule_row(name);
        row.config = schedule::Config().json();
        row.activated_at = sample::kNoon;
        store::schedules::insert(change, row);
      }
    });
  }

  void halt(const std::string& name) {
    change([&](store::Transaction& change) {
      store::schedules::halt_trader(change, name, "for a look", sample::kNoon);
    });
  }
  bool says(const std::string& text) const { return out().find(text) != std::string::npos; }
  std::vector<std::string> halted() {
    return look([](store::Database& database) {
      std::vector<std::string> names;
      for (const auto& row : store::schedules::list(database))
        if (row.trader_state == store::TraderState::halted) names.push_back(row.id);
      return names;
    });
  }
};

template <class Verb>
Verb of_all() {
  Verb verb;
  verb.all = true;
  return verb;
}

}  // namespace

TEST_CASE("one table answers for every schedule, its trader and the machine") {
  Office office;
  StatusOverview status;
  status.check = true;
  CHECK(office.run(status) == 0);
  CHECK(office.says("ok: all is well"));
  auto document = office.json(status);
  CHECK(document.at("well").as_bool());
  CHECK(document.at("items").as_array().size() == 3);

  office.halt("eth");
  CHECK(office.run(status) == 10);
  CHECK(office.says("critical: eth: the trader of eth is halted: for a look"));
  CHECK(office.says("  fix: ctt trade resume --schedule eth\n"));
  CHECK_FALSE(office.says("all is well"));
  document = office.json(status);
  CHECK(office.last_status == 10);
  CHECK(document.string("level") == "critical");
  auto eth = document.at("items").as_array().at(1).as_object();
  CHECK(eth.string("schedule_id") == "eth");
  CHECK(eth.at("verdict").as_object().string("condition") == "halted");
  CHECK(eth.at("trader").as_object().string("state") == "halted");
  status.check = false;
  CHECK(office.run(status) == 0);  // asked by a person, the answer is the text
}

TEST_CASE("a halt that waits for a schedule's first trader is shown") {
  Office office;
  TradeStatus status;
  status.schedule = "eth";
  CHECK(office.refusal(status).exit_status == 3);
  office.halt("eth");
  CHECK(office.run(status) == 0);
  CHECK(office.says("No trader has served eth yet.\nIt is halted: for a look."));
  auto trader = office.json(status).at("traders").as_array().at(0).as_object();
  CHECK(trader.string("state") == "halted");
  CHECK(trader.string("state_reason") == "for a look");
}

TEST_CASE("all traders are halted and released at once") {
  Office office;
  office.halt("eth");
  CHECK(office.would(of_all<TradeHalt>()).starts_with("would halt the traders of btc, eth, sol "));
  auto document = office.json(of_all<TradeHalt>());
  CHECK(office.halted() == std::vector<std::string>{"btc", "eth", "sol"});
  auto traders = document.at("traders").as_array();
  REQUIRE(traders.size() == 3);
  CHECK(traders[0].as_object().at("changed").as_bool());
  CHECK_FALSE(traders[1].as_object().at("changed").as_bool());
  CHECK(office.run(of_all<TradeResume>()) == 0);
  CHECK(office.halted().empty());
  CHECK(office.says("The trader of sol is trading"));
}

TEST_CASE("a trader that ended tells what it holds, what came of its budget, and what it still owes") {
  Office office;
  office.change([](store::Transaction& change) {
    store::LiveSession session;
    session.id = "live-1";
    session.schedule_id = "btc";
    session.symbol = "BTC/USD";
    session.timeframe = "1h";
    session.account = "PA1";
    session.config = R"({"budget_usd":4000})";
    session.initial_equity = 3900;
    session.started_at = sample::kNoon;
    store::live_sessions::insert(change, session);
    session.state.equity = 3700;
    session.state.position_qty = 1.25;
    store::live_sessions::update(change, "live-1", session.state);
    store::live_sessions::finish(change, "live-1", store::SessionStatus::stopped, {}, sample::kNoon);
    store::schedules::request_flatten(change, "btc", "sell it", sample::kNoon);
  });
  TradeStatus status;
  status.schedule = "btc";
  CHECK(office.run(status) == 0);
  CHECK(office.says("1.25 BTC, equity 3700.00 USD (-300.00 on a budget of 4000.00)"));
  CHECK(office.says(
      "Its position is to be sold (sell it) and is not yet. ctt trade --schedule btc goes on with it"));
  auto trader = office.json(status).at("traders").as_array().at(0).as_object();
  CHECK(trader.number("profit_usd") == -300);
  CHECK(office.run(TradeStatus{}) == 0);
  CHECK(office.says("-300.00"));
}

TEST_CASE("one trader that refuses keeps none of the others from being halted or stopped") {
  Office office;
  int stops = 0;
  const wire::Server refusing(wire::Server::Options(office.home.trader_socket("btc")),
                              [](const wire::Request&) {
                                wire::Answer answer;
                                answer.ok = false;
                                answer.message = "not now";
                                return answer;
                              });
  const wire::Server listening(wire::Server::Options(office.home.trader_socket("sol")),
                               [&](const wire::Request& request) {
                                 stops += request.op == "stop" ? 1 : 0;
                                 return wire::Answer::yes("{}");
                               });
  CHECK(office.refusal(of_all<TradeHalt>()).sentence == "the trader of btc refused: not now");
  CHECK(office.halted() == std::vector<std::string>{"eth"});  // the one of sol says that it has done so
  CHECK(office.refusal(of_all<TradeStop>()).exit_status == 5);
  CHECK(stops == 1);
}

TEST_CASE("all traders are asked at once: one that takes its time keeps none of the others waiting") {
  Office office;
  std::latch asked(2);
  const auto obey = [&](const wire::Request&) {
    asked.count_down();
    for (int k = 0; k < 500 && !asked.try_wait(); ++k) std::this_thread::sleep_for(10ms);
    wire::Answer answer = wire::Answer::yes("{}");
    answer.ok = asked.try_wait();
    return answer;
  };
  const wire::Server btc(wire::Server::Options(office.home.trader_socket("btc")), obey);
  const wire::Server sol(wire::Server::Options(office.home.trader_socket("sol")), obey);
  CHECK(office.run(of_all<TradeHalt>()) == 0);
}

TEST_CASE("of all traders each one that does not obey is named, in text and in the document") {
  Office office;
  const auto refuse = [](const wire::Request&) {
    wire::Answer answer;
    answer.ok = false;
    answer.message = "not now";
    return answer;
  };
  const wire::Server btc(wire::Server::Options(office.home.trader_socket("btc")), refuse);
  const wire::Server sol(wire::Server::Options(office.home.trader_socket("sol")), refuse);
  CHECK(office.refusal(of_all<TradeStop>()).exit_status == 5);
  CHECK(office.err() == "btc: the trader of btc refused: not now\nsol: the trader of sol refused: not now\n");
  Globals as_json;
  as_json.json = true;
  CHECK(office.refusal(of_all<TradeHalt>(), as_json).exit_status == 5);
  auto traders = base::JsonValue::parse(office.out(), "the answer").as_object().at("traders").as_array();
  REQUIRE(traders.size() == 3);
  CHECK(traders[0].as_object().string("problem") == "the trader of btc refused: not now");
  CHECK(traders[1].as_object().string("state") == "halted");
  CHECK(traders[2].as_object().string("schedule_id") == "sol");
}

TEST_CASE("a trader that holds its lock and does not listen yet is not taken for stopped") {
  Office office;
  const auto lock = base::FileLock::try_acquire(office.home.trader_lock("eth"), "ctt trade");
  REQUIRE(lock.has_value());
  const auto refusal = office.refusal(of_all<TradeStop>());
  CHECK(refusal.exit_status == 7);
  CHECK(refusal.sentence == "the trader of eth is starting; ask again");
}

TEST_CASE("a sale or a limit of loss is not released with all others, and a halt of all says what it ends") {
  Office office;
  office.halt("btc");
  office.change([](store::Transaction& change) {
    trader::Risk risk({});
    risk.watch(100, std::chrono::floor<std::chrono::seconds>(sample::kNoon));
    const auto step = risk.watch(60, std::chrono::floor<std::chrono::seconds>(sample::kNoon));
    store::schedules::halt_trader(change, "eth", step->reason, sample::kNoon);
    store::schedules::request_flatten(change, "sol", "sell it", sample::kNoon);
  });
  CHECK(office.run(of_all<TradeResume>()) == 0);
  CHECK(office.halted() == std::vector<std::string>{"eth"});
  CHECK(
      office.says("sol is left alone, its position is being sold: sell it. ctt trade resume --schedule sol"));
  CHECK(office.says("eth is left alone, a limit of loss halted it: equity 60.00"));
  CHECK(office.run(of_all<TradeHalt>()) == 0);
  CHECK(office.says("Its flatten was taken back: sell it\n"));
  TradeResume one;
  one.schedule = "eth";
  CHECK(office.run(one) == 0);
  CHECK(office.halted() == std::vector<std::string>{"btc", "sol"});
}

TEST_CASE("to stop all traders where none runs is no failure") {
  Office office;
  CHECK(office.run(of_all<TradeStop>()) == 0);
  CHECK(office.says("No trader is running."));
  TradeStop one;
  one.schedule = "btc";
  CHECK(office.refusal(one).exit_status == 7);
}

TEST_CASE("the status of a schedule tells its budget") {
  Office office;
  office.change([](store::Transaction& change) {
    store::budgets::set(change, "btc", "40%");
    store::budgets::settle(change, "btc", 4000);
    store::budgets::set(change, "eth", "20%");
  });
  CHECK(office.run(ScheduleStatus{}) == 0);
  CHECK(office.says("budget   40%, 4000.00 USD of the account"));
  CHECK(office.says("budget   20% of the account, from its trader's next start on"));
  auto items = office.json(ScheduleStatus{}).at("items").as_array();
  CHECK(items.at(0).as_object().at("budget").as_object().number("amount_usd") == 4000);
  CHECK(office.says(R"("budget":null)"));
}
