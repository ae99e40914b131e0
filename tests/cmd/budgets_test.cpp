#include "cmd/trade/budgets.h"

#include "cmd/schedule/update.h"
#include "cmd/trade/status.h"
#include "schedule/config.h"
#include "store/budgets.h"
#include "store/live_sessions.h"
#include "support/desk.h"
#include "wire/server.h"

using namespace ctt;
using namespace ctt::cmd;

namespace {

const std::vector<std::string> kNames{"btc", "eth", "sol"};

// Schedules btc, eth and sol, and an account of 10,000 dollars.
struct Office : support::Desk {
  Office() {
    change([](store::Transaction& change) {
      sample::add_basics(change);
      for (const auto& name : kNames) {
        auto row = sample::schedule_row(name);
        row.config = schedule::Config().json();
        store::schedules::insert(change, row);
      }
    });
    account.account_number = "PA1";
    account.cash = alpaca::Decimal::or_zero(10'000);
  }

  std::vector<ServedSchedule> served(const std::vector<std::string>& names) {
    std::vector<ServedSchedule> schedules;
    look([&](store::Database& database) {
      for (const auto& name : names) {
        ServedSchedule schedule{.row = store::schedules::get(database, name), .contract = {}};
        schedule.contract.symbol = name + "/USD";
        schedules.push_back(schedule);
      }
      return 0;
    });
    return schedules;
  }

  // A session that left a ledger with that much cash, and coins of 100 dollars each.
  void leave_ledger(const std::string& name, double budget, double cash, double coins) {
    change([&](store::Transaction& change) {
      store::budgets::set(change, name, fmt::format("{}", budget));
      store::budgets::settle(change, name, budget);
      store::LiveSession session;
      session.id = "live-" + name;
      session.schedule_id = name;
      session.config = fmt::format(R"({{"budget_usd":{}}})", budget);
      session.symbol = name + "/USD";
      session.timeframe = "1h";
      session.account = "PA1";
      session.started_at = sample::kNoon;
      session.state.cash = cash;
      session.state.position_qty = coins;
      store::live_sessions::insert(change, session);
    });
    account.positions.push_back({.symbol = name + "USD",
                                 .quantity = alpaca::Decimal::or_zero(coins),
                                 .available = alpaca::Decimal::or_zero(coins),
                                 .entry_price = 100,
                                 .market_price = 100});
  }

  /// Settles budgets as the start of a trader does.
  struct Settle {
    Office& office;
    std::vector<ServedSchedule> schedules;
    std::vector<std::string> given{};
    std::vector<std::optional<double>>& amounts;
    int run(Context& context) const {
      amounts = settle_budgets(context, office.account, schedules, given);
      return 0;
    }
  };
  std::vector<std::optional<double>> settle(const std::vector<std::string>& names,
                                            std::vector<std::string> given = {}) {
    std::vector<std::optional<double>> amounts;
    run(Settle{*this, served(names), std::move(given), amounts});
    return amounts;
  }
  int refused(const std::vector<std::string>& names, std::vector<std::string> given = {}) {
    std::vector<std::optional<double>> amounts;
    return refusal(Settle{*this, served(names), std::move(given), amounts}).exit_status;
  }

  alpaca::AccountReading account;
};

using Amounts = std::vector<std::optional<double>>;

TEST_CASE("a schedule alone that never was given a budget has the whole account") {
  Office office;
  CHECK(office.settle({"btc"}) == Amounts{std::nullopt});
}

TEST_CASE("a share is one of the equity, and the others get equal parts of what it leaves") {
  Office office;
  CHECK(office.settle(kNames, {"btc=40%"}) == Amounts{4000, 3000, 3000});
  office.account.cash = alpaca::Decimal::or_zero(20'000);
  CHECK(office.settle(kNames) == Amounts{4000, 3000, 3000});  // once given, whatever the account does
}

TEST_CASE("a schedule goes on with its ledger, and a new one gets what no ledger has") {
  Office office;
  office.leave_ledger("btc", 4000, 1500, 30);
  office.account.cash = alpaca::Decimal::or_zero(7'500);
  CHECK(office.settle({"btc", "eth"}) == Amounts{4000, 6000});
}

// btc made 2000 of its 4000, and its budget was taken back: what the others get must not count that twice.
TEST_CASE("a schedule without a budget goes on with its ledger when it is traded in company again") {
  Office office;
  office.leave_ledger("btc", 4000, 6000, 0);
  ScheduleUpdate update;
  update.schedule = "btc";
  update.budget = "none";
  REQUIRE(office.run(update) == 0);
  CHECK(office.settle({"btc", "eth"}) == Amounts{4000, 4000});
}

TEST_CASE("a budget is raised by what no ledger has, and no further") {
  Office office;
  office.leave_ledger("btc", 4000, 1500, 30);
  CHECK(office.refused({"btc"}, {"13000"}) == 5);
  CHECK(office.settle({"btc"}, {"12000"}) == Amounts{12000});
}

TEST_CASE("the cash of a ledger stays its schedule's while that is not traded") {
  Office office;
  office.leave_ledger("btc", 4000, 4000, 0);
  CHECK(office.settle({"eth"}) == Amounts{6000});
  CHECK(office.refused({"eth", "sol"}, {"eth=5000", "sol=5000"}) == 5);
}

TEST_CASE("budgets that the account cannot pay are refused, and so is what is no budget") {
  Office office;
  CHECK(office.refused(kNames, {"btc=9000", "eth=2000", "sol=10%"}) == 5);
  CHECK(office.refused({"btc", "eth"}, {"btc=10000"}) == 5);  // nothing is left for eth
  CHECK(office.settle({"btc"}) == Amounts{std::nullopt});     // nothing of it was stored
  CHECK(office.refused({"btc"}, {"120%"}) == 2);
  CHECK(office.refused({"btc"}, {"0"}) == 2);
  CHECK(office.refused({"btc"}, {"much"}) == 2);
  CHECK(office.refused({"btc", "eth"}, {"40%"}) == 2);      // whose?
  CHECK(office.refused({"btc", "eth"}, {"sol=40%"}) == 2);  // it is not traded
}

TEST_CASE("an update of the budget counts from the trader's next start on, and none gives the account back") {
  Office office;
  office.settle({"btc"}, {"2500"});
  ScheduleUpdate update;
  update.schedule = "btc";
  update.budget = "30%";
  CHECK(office.run(update) == 0);
  CHECK(office.out().find("budget       2500 -> 30%") != std::string::npos);
  CHECK(office.settle({"btc"}) == Amounts{3000});
  update.budget = "none";
  CHECK(office.run(update) == 0);
  CHECK(office.settle({"btc"}) == Amounts{std::nullopt});
  update.budget = "-5";
  CHECK(office.refusal(update).exit_status == 2);
}

TEST_CASE("the status without a name lists all traders, and its JSON is the same array for one") {
  Office office;
  office.leave_ledger("eth", 4000, 3900, 0);
  CHECK(office.run(TradeStatus{}) == 0);
  CHECK(office.out().find("SCHEDULE") != std::string::npos);
  CHECK(office.out().find("never ran") != std::string::npos);
  CHECK(office.json(TradeStatus{}).at("traders").as_array().size() == 3);
  // The trader of btc is there, and does not say how it is.
  wire::Server::Options listening(office.home.trader_socket("btc"));
  const wire::Server server(listening, [](const wire::Request&) {
    wire::Answer response;
    response.ok = false;
    response.message = "not now";
    return response;
  });
  CHECK(office.run(TradeStatus{}) == 0);
  CHECK(office.out().find("does not answer") != std::string::npos);
  CHECK(office.out().find("eth/USD") != std::string::npos);
  auto silent = office.json(TradeStatus{}).at("traders").as_array().front().as_object();
  CHECK_FALSE(silent.at("running").as_bool());
  CHECK(silent.string("problem") == "the trader of btc refused: not now");
  TradeStatus one;
  one.schedule = "eth";
  auto traders = office.json(one).at("traders").as_array();
  REQUIRE(traders.size() == 1);
  CHECK(traders.front().as_object().string("schedule_id") == "eth");
}

}  // namespace
