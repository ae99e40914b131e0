#include "cmd/alpaca/alpaca_desk.h"

#include <sys/stat.h>

#include <cstdlib>

#include <fmt/format.h>

#include "alpaca/fake_server.h"
#include "base/log.h"
#include "store/live_sessions.h"
#include "support/desk.h"

using namespace ctt;
using namespace std::chrono_literals;
using support::FakeAlpaca;

namespace {

/// A state directory whose settings lead to a fake Alpaca, with keys for it.
struct Office : support::Desk {
  Office() {
    base::set_log(-1, base::LogFormat::text);  // what goes wrong here goes wrong on purpose
    const auto keys = scratch / "alpaca.toml";
    support::write(keys,
                   fmt::format("key_id = \"{}\"\nsecret_key = \"{}\"\n", server.key(), server.secret()));
    ::chmod(keys.c_str(), 0600);
    for (const char* which : {"DATA", "TRADING"})
      ::setenv(fmt::format("CTT_ALPACA_{}_URL", which).c_str(), server.rest().c_str(), 1);
    by_hand();
  }
  ~Office() {
    for (const char* name : {"CTT_ALPACA_DATA_URL", "CTT_ALPACA_TRADING_URL", "CTT_TRADE_START_PATIENCE"})
      ::unsetenv(name);
    by_hand();
  }
  Office(const Office&) = delete;
  Office& operator=(const Office&) = delete;

  static void by_hand() {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("INVOCATION_ID");
  }
  static void by_systemd() { ::setenv("NOTIFY_SOCKET", "/nowhere", 1); }

  void refuse(const std::string& path, const std::string& how) {
    server.fault(fmt::format(R"({{"match":{{"path":"{}"}},"fault":"status",{}}})", path, how));
  }

  FakeAlpaca server{{"--generate", "3000", "--clock", "80%", "--rate-limit", "0"}};
};

const market::Timeframe kMinute = market::Timeframe::parse("1m");

policy::Contract contract() {
  policy::Contract contract;
  contract.symbol = "BTC/USD";
  contract.timeframe = kMinute;
  return contract;
}

/// The start of a trader, as far as its first question for bars.
struct Start {
  int run(cmd::Context& context) const {
    cmd::AlpacaDesk desk(context, {});
    desk.open(contract(), cmd::AlpacaDesk::Share::account);
    desk.feed("btc", contract());
    return 0;
  }
};

/// The newest bar that a starting trader of schedule btc takes for history.
struct NewestOfHistory {
  base::Seconds& bar;
  int run(cmd::Context& context) const {
    cmd::AlpacaDesk desk(context, {});
    bar = desk.feed("btc", contract()).history(3).back().open_time;
    return 0;
  }
};

store::LiveSession session(const std::string& id, std::optional<base::Seconds> last_bar) {
  store::LiveSession session;
  session.id = id;
  session.schedule_id = "btc";
  session.symbol = "BTC/USD";
  session.timeframe = "1m";
  session.started_at = sample::kNoon;
  session.state.last_bar_at = last_bar;
  return session;
}

}  // namespace

TEST_CASE("a trader that systemd starts outlasts refusals that pass; one started by hand tells the first") {
  if (!FakeAlpaca::usable()) return;
  Office office;
  const auto refuse = [&] {
    office.refuse("/v2/account", R"("status":401)");
    office.refuse("/v2/assets/*", R"("status":200,"json":{"symbol":"BTC/USD","class":"crypto",
        "status":"active","tradable":false,"fractionable":true})");
  };
  refuse();
  CHECK(office.refusal(Start()).exit_status == 4);
  CHECK(office.refusal(Start()).exit_status == 5);
  office.server.call("DELETE", "/faults");
  refuse();
  Office::by_systemd();
  CHECK(office.run(Start()) == 0);
}

TEST_CASE("the patience of a start ends with the broker's sentence") {
  if (!FakeAlpaca::usable()) return;
  Office office;
  Office::by_systemd();
  ::setenv("CTT_TRADE_START_PATIENCE", "1s", 1);
  office.server.call("POST", "/account", R"({"trading_blocked":true})");
  const auto caught = office.refusal(Start());
  CHECK(caught.exit_status == 5);
  CHECK(caught.sentence.find("may not trade: trading_blocked is set") != std::string::npos);
}

TEST_CASE("a symbol that Alpaca does not know ends a start by hand as not found") {
  if (!FakeAlpaca::usable()) return;
  Office office;
  office.refuse("/v2/assets/*",
                R"("status":404,"json":{"code":40410000,"message":"asset not found for BTC/USD"})");
  CHECK(office.refusal(Start()).exit_status == 3);
}

TEST_CASE("an account that owes money is not traded") {
  if (!FakeAlpaca::usable()) return;
  Office office;
  office.server.call("POST", "/account", R"({"cash":"-23140"})");
  const auto caught = office.refusal(Start());
  CHECK(caught.exit_status == 5);
  CHECK(caught.sentence.find("owes 23140.00 USD") != std::string::npos);
}

TEST_CASE("an account that is short of the coins that are to be traded is not traded") {
  if (!FakeAlpaca::usable()) return;
  Office office;
  office.server.call("POST", "/account",
                     R"({"positions":{"BTC/USD":{"qty":"-0.5","avg_entry_price":"40000"}}})");
  const auto caught = office.refusal(Start());
  CHECK(caught.exit_status == 5);
  CHECK(caught.sentence.find("is short of 0.5 BTC/USD") != std::string::npos);
}

// The newest bar ended 50 seconds ago.
TEST_CASE("a start goes on after the newest bar that a trader of the schedule has seen live") {
  if (!FakeAlpaca::usable()) return;
  Office office;
  office.server.advance(50s);
  office.clock.set(office.server.now());
  const auto ended = kMinute.newest_closed(office.clock.now());
  base::Seconds newest;
  office.run(NewestOfHistory{newest});
  CHECK(newest == ended);

  office.change([&](store::Transaction& change) {
    sample::add_basics(change);
    store::schedules::insert(change, sample::schedule_row("btc"));
    store::live_sessions::insert(change, session("live-000000000001", ended - 1min));
    auto replay = session("live-000000000002", ended);
    replay.replay = true;
    store::live_sessions::insert(change, replay);
    store::live_sessions::insert(change, session("live-000000000003", std::nullopt));
  });
  office.run(NewestOfHistory{newest});
  CHECK(newest == ended - 1min);
}
