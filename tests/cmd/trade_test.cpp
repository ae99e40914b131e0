#include "cmd/trade/trade.h"

#include <map>
#include <sstream>

#include <doctest/doctest.h>

#include "../trader/rig.h"
#include "base/error.h"
#include "base/files.h"
#include "market/csv.h"
#include "store/deployments.h"
#include "store/live_sessions.h"
#include "store/schedules.h"

using namespace ctt;
using namespace ctt::cmd;

namespace {

// The rig's schedule btc with a model that buys, and commands on its state directory.
struct Office {
  Office() {
    store::Transaction change(rig.database);
    auto row = *store::schedules::find(change, "btc");
    row.status = store::ScheduleState::active;
    store::schedules::update(change, row, clock.now());
    change.commit();
  }

  trader::Rig rig{trader::contract_with(), trader::stubborn(trader::contract_with(), 1)};
  base::SystemClock clock;
  std::ostringstream out, err;

  int run(const TradeRun& command, Globals globals,
          std::vector<std::pair<std::string, std::string>> more = {}) {
    std::map<std::string, std::string> settings{
        {"home", rig.home.root.string()}, {"color", "never"}, {"progress", "none"}};
    settings.insert(more.begin(), more.end());
    base::write_file_atomically(rig.scratch / "config.toml", "", 0600);
    out.str("");
    Context context(std::move(globals), Settings::resolve(settings, rig.scratch / "config.toml"), clock, out,
                    err);
    return command.run(context);
  }
  std::string would_trade_all() {
    Globals globals;
    globals.dry_run = true;
    TradeRun all;
    all.all = true;
    CHECK(run(all, globals) == 0);
    return out.str();
  }
  // Another schedule of the same base, and so of the same instrument.
  void add_schedule(const std::string& name, bool deployed) {
    store::Transaction change(rig.database);
    auto row = *store::schedules::find(change, "btc");
    row.id = row.name = name;
    store::schedules::insert(change, row);
    if (deployed)
      store::deployments::request(change,
                                  {.schedule_id = name,
                                   .model_version = 1,
                                   .cycle_number = {},
                                   .cause = store::DeployCause::manual,
                                   .reason = {}},
                                  clock.now());
    change.commit();
  }
  void leave_session(const std::string& schedule) {
    store::Transaction change(rig.database);
    store::LiveSession session;
    session.id = "live-" + schedule;
    session.schedule_id = schedule;
    session.symbol = "BTC/USD";
    session.timeframe = "1h";
    session.account = "PA1";
    session.started_at = clock.now();
    store::live_sessions::insert(change, session);
    change.commit();
  }
};

}  // namespace

TEST_CASE("of all schedules those without a model are left out, and the others are traded") {
  Office office;
  office.add_schedule("aaa", false);
  CHECK(office.would_trade_all().find("trade schedule btc on") != std::string::npos);
}

TEST_CASE("of all schedules of an instrument the one that traded it last goes on") {
  Office office;
  office.add_schedule("btc2", true);
  CHECK(office.would_trade_all().find("trade schedule btc on") != std::string::npos);
  office.leave_session("btc2");
  CHECK(office.would_trade_all().find("trade schedule btc2 on") != std::string::npos);
}

TEST_CASE("the limits of an account are none of a replay's") {
  Office office;
  const auto candles = trader::warm_then(office.rig.contract, {100, 100, 90, 80, 70, 60, 50, 50});
  const auto file = office.rig.scratch / "falling.csv";
  base::write_file_atomically(file, market::to_csv(candles), 0600);
  TradeRun replay;
  replay.schedule = "btc";
  replay.replay = file.string();
  replay.max_drawdown = 0;
  Globals globals;
  globals.json = true;
  CHECK(office.run(replay, globals, {{"account.max_drawdown_pct", "5"}}) == 0);
  CHECK(office.out.str().find(R"("halted":false)") != std::string::npos);
}

TEST_CASE("a replay of bars that are not there is refused instead of ending with nothing done") {
  Office office;
  const auto file = office.rig.scratch / "short.csv";
  base::write_file_atomically(file, market::to_csv(trader::warm_then(office.rig.contract, {100, 101})), 0600);
  TradeRun replay;
  replay.schedule = "btc";
  replay.replay = file.string();
  replay.from = "2090-01-01";
  try {
    office.run(replay, {});
    FAIL("it was replayed");
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::usage);
    CHECK(std::string(error.what())
              .ends_with("short.csv has no bars from 2090-01-01T00:00:00Z on; there is nothing to replay"));
  }
}
