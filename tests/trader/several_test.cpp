#include "base/error.h"
#include "rig.h"
#include "store/deployments.h"
#include "store/live_sessions.h"
#include "store/models.h"
#include "store/schedules.h"
#include "trader/account_risk.h"

namespace ctt::trader {
namespace {

// A schedule `eth` beside the rig's `btc`, with the same model.
struct Two {
  Two() : rig(contract_with(), stubborn(contract_with(), 1)) {
    store::Transaction change(rig.database);
    auto eth = *store::schedules::find(change, "btc");
    eth.id = eth.name = "eth";
    store::schedules::insert(change, eth);
    store::deployments::request(change,
                                {.schedule_id = "eth",
                                 .model_version = 1,
                                 .cycle_number = {},
                                 .cause = store::DeployCause::manual,
                                 .reason = {}},
                                base::SystemClock().now());
    change.commit();
  }

  struct Market {
    Market(const Rig& rig, std::vector<double> closes)
        : feed({rig.contract.symbol, rig.contract.timeframe, warm_then(rig.contract, closes)}, {}),
          broker(10000, rig.contract.costs, environment::parse_fill(rig.contract.fill)) {}
    ReplayFeed feed;
    SimulatedBroker broker;
  };

  Options options(const std::string& schedule) const {
    auto options = Rig::options();
    options.schedule = schedule;
    return options;
  }
  store::Schedule row(const std::string& schedule) { return *store::schedules::find(rig.database, schedule); }

  Rig rig;
  base::SystemClock clock;
};

const std::vector<double> kFlat{100, 100, 100, 100, 100, 100, 100, 100};
const std::vector<double> kFalling{100, 100, 90, 80, 70, 60, 50, 50};

TEST_CASE("a trader of two schedules decides for both and reports on each") {
  Two two;
  Two::Market btc(two.rig, kFlat), eth(two.rig, kFalling);
  const auto reports =
      Trader({{two.options("btc"), btc.feed, btc.broker}, {two.options("eth"), eth.feed, eth.broker}}, {},
             two.rig.home, two.rig.database, two.clock)
          .run_all({});
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].schedule == "btc");
  CHECK(reports[0].loop.trades == 1);
  CHECK(reports[1].loop.trades == 1);
  CHECK(reports[1].loop.equity < reports[0].loop.equity);
  for (const auto& report : reports)
    CHECK(store::live_sessions::get(two.rig.database, report.session_id).status ==
          store::SessionStatus::stopped);
}

TEST_CASE("the limit of one schedule halts that one alone") {
  Two two;
  Two::Market btc(two.rig, kFlat), eth(two.rig, kFalling);
  auto careful = two.options("eth");
  careful.limits.max_drawdown_fraction = 0.2;
  const auto reports = Trader({{two.options("btc"), btc.feed, btc.broker}, {careful, eth.feed, eth.broker}},
                              {}, two.rig.home, two.rig.database, two.clock)
                           .run_all({});
  CHECK_FALSE(reports[0].halted);
  CHECK(reports[1].halted);
}

// Together they had 20000, and a quarter of the falling half is an eighth of that.
TEST_CASE("the account's limit halts all its schedules, whichever lost the money") {
  Two two;
  Two::Market btc(two.rig, kFlat), eth(two.rig, kFalling);
  Trader({{two.options("btc"), btc.feed, btc.broker}, {two.options("eth"), eth.feed, eth.broker}},
         {.max_drawdown_fraction = 0.12}, two.rig.home, two.rig.database, two.clock)
      .run_all({});
  for (const auto* name : {"btc", "eth"}) {
    CAPTURE(name);
    CHECK(two.row(name).halted());
    CHECK(two.row(name).trader_state_reason->starts_with("all schedules of the account together: equity"));
  }
}

TEST_CASE(
    "a schedule whose trader cannot start keeps the others from starting, and nothing is left running") {
  Two two;
  Two::Market btc(two.rig, kFlat), eth(two.rig, kFlat);
  auto missing = two.options("sol");
  CHECK_THROWS_WITH(Trader({{two.options("btc"), btc.feed, btc.broker}, {missing, eth.feed, eth.broker}}, {},
                           two.rig.home, two.rig.database, two.clock)
                        .run_all({}),
                    "no schedule is called \"sol\"");
  CHECK(store::live_sessions::running(two.rig.database, "btc").empty());
}

TEST_CASE("a drawdown beyond its limit sells the position first where that is asked for") {
  Two two;
  Two::Market eth(two.rig, kFalling);
  auto options = two.options("eth");
  options.limits.max_drawdown_fraction = 0.2;
  options.limits.on_drawdown = OnDrawdown::flatten;
  const auto report =
      Trader(options, two.rig.home, two.rig.database, eth.feed, eth.broker, two.clock).run({});
  CHECK(report.halted);
  CHECK_FALSE(report.flattening);
  CHECK(report.loop.position == 0);
  CHECK(report.loop.trades == 2);
  CHECK(two.row("eth").halted());
  CHECK_FALSE(two.row("eth").flatten_reason);
  CHECK(two.row("eth").trader_state_reason->find("below its peak") != std::string::npos);
}

TEST_CASE("a halt keeps the position, which is the default") {
  Two two;
  Two::Market eth(two.rig, kFalling);
  auto options = two.options("eth");
  options.limits.max_drawdown_fraction = 0.2;
  const auto report =
      Trader(options, two.rig.home, two.rig.database, eth.feed, eth.broker, two.clock).run({});
  CHECK(report.halted);
  CHECK(report.loop.position > 0);
}

// 20000, then 17000: 15 % down. A restart goes on from the peak, unless it serves others or was released since.
TEST_CASE("the account's peak outlives a restart with the same schedules") {
  const base::Seconds day{std::chrono::hours(500'000)};
  AccountRisk before({.max_drawdown_fraction = 0.2}, {"btc", "eth"});
  CHECK_FALSE(before.watch(20000, day));
  Risk of_btc({});
  of_btc.belongs_to(before);
  of_btc.watch(100, day);
  const auto memory = of_btc.memory(base::Instant(day));

  AccountRisk same({.max_drawdown_fraction = 0.2}, {"eth", "btc"});
  same.restore({"{}", memory}, {});
  CHECK(same.watch(15900, day));
  AccountRisk others({.max_drawdown_fraction = 0.2}, {"btc"});
  others.restore({memory}, {});
  CHECK_FALSE(others.watch(15900, day));
  AccountRisk released({.max_drawdown_fraction = 0.2}, {"btc", "eth"});
  released.restore({memory}, base::Instant(day) + std::chrono::minutes(1));
  CHECK_FALSE(released.watch(15900, day));
}

// 20000, and 5000 of them are taken out of one ledger: 15000 are no loss, 11900 are one of a fifth.
TEST_CASE("a budget that was lowered, or coins that were moved, are no loss of the account") {
  const base::Seconds day{std::chrono::hours(500'000)};
  AccountRisk account({.max_drawdown_fraction = 0.2, .max_daily_loss_fraction = 0.2}, {"btc", "eth"});
  CHECK_FALSE(account.watch(20000, day));
  Risk of_btc({});
  of_btc.belongs_to(account);
  of_btc.rebase(-5000);
  CHECK_FALSE(account.watch(15000, day));
  CHECK(account.watch(11900, day));
}

// Both budgets are changed within the same millisecond.
TEST_CASE("of memories of the same moment the last schedule's is the account's") {
  const base::Seconds day{std::chrono::hours(500'000)};
  AccountRisk before({.max_drawdown_fraction = 0.2}, {"btc", "eth"});
  before.watch(20000, day);
  Risk of_btc({}), of_eth({});
  of_btc.belongs_to(before);
  of_eth.belongs_to(before);
  of_btc.watch(100, day);
  of_eth.watch(100, day);
  const auto first = of_btc.memory(base::Instant(day));
  of_eth.rebase(-5000);
  AccountRisk after({.max_drawdown_fraction = 0.2}, {"btc", "eth"});
  after.restore({first, of_eth.memory(base::Instant(day))}, {});
  CHECK_FALSE(after.watch(15000, day));
}

TEST_CASE("a signal and the watchdog are looked at before the turn of each schedule") {
  Two two;
  Two::Market btc(two.rig, kFlat), eth(two.rig, kFlat);
  std::stop_source stop;
  int turns = 0;
  auto first = two.options("btc");
  first.on_turn = [&] {
    if (++turns == 2) stop.request_stop();
  };
  const auto reports = Trader({{first, btc.feed, btc.broker}, {two.options("eth"), eth.feed, eth.broker}}, {},
                              two.rig.home, two.rig.database, two.clock)
                           .run_all(stop.get_token());
  CHECK(reports[0].loop.bars == 1);
  CHECK(reports[1].loop.bars == 0);
}

}  // namespace
}  // namespace ctt::trader
