#include "trader/control.h"
#include "trader/journal_writer.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <latch>

#include "models/schedule_contract.h"
#include "rig.h"
#include "store/events.h"
#include "store/models.h"
#include "store/schedules.h"
#include "trader/halt.h"
#include "trader/probation.h"
#include "wire/server.h"

namespace ctt::trader {
namespace {

using namespace std::chrono_literals;

wire::Request request(std::string op, std::string sha256 = {}) {
  wire::Request made;
  made.op = std::move(op);
  made.sha256 = std::move(sha256);
  return made;
}

// A control desk without a running loop.
struct Desk {
  explicit Desk(bool pinned = false, std::chrono::milliseconds confirm_after = 0ms)
      : slot(load_served(rig.home, 1, store::models::find(rig.database, 1)->sha256, &rig.contract)),
        control(
            settings(pinned, confirm_after), slot, risk, clock, [] { return LoopState{}; },
            [this] { ++stops; }) {}

  Control::Settings settings(bool pinned, std::chrono::milliseconds confirm_after) {
    store::LiveSession session;
    session.id = "live-000000000001";
    session.schedule_id = "btc";
    session.symbol = "BTC/USD";
    session.timeframe = "1h";
    session.started_at = clock.now();
    store::Transaction change(rig.database);
    store::live_sessions::insert(change, session);
    change.commit();
    return {.home = rig.home,
            .schedule_id = "btc",
            .session_id = session.id,
            .contract = rig.contract,
            .pinned = pinned,
            .confirm_after = confirm_after,
            .probation = &probation,
            .retry_after = 1ms};
  }
  std::string next_version(std::uint64_t seed) {
    return rig.request_deployment(rig.publish(wilful(rig.contract, seed)));
  }
  store::Schedule row() { return store::schedules::find(rig.database, "btc").value(); }
  /// What another connection does to the database.
  void sql(const char* statement) const {
    SQLite::Database(rig.home.database().string(), SQLite::OPEN_READWRITE).exec(statement);
  }
  /// What the bar thread does when it finds a model on trial at fault.
  void fail_trial() { probation.judge(*slot.current(), {.finite = false, .took = 0ns}); }

  store::Deployment desired() { return store::deployments::desired(rig.database, "btc").value(); }

  Rig rig;
  base::SystemClock clock;
  Risk risk{{.max_position = 0, .max_drawdown_fraction = 0, .max_daily_loss_fraction = 0}};
  PolicySlot slot;
  Probation probation{slot, {}};
  int stops = 0;
  Control control;
};

TEST_CASE("a reload serves the desired model and says which, how fast, and that it did") {
  Desk desk;
  const auto sha256 = desk.next_version(2);
  const auto answer = desk.control.handle(request("reload", sha256));
  REQUIRE(answer.ok);
  CHECK(answer.fields.find(R"("model_version":2,"sha256":")" + sha256) != std::string::npos);
  CHECK(answer.fields.find("load_ms") != std::string::npos);
  CHECK(answer.fields.find("swap_us") != std::string::npos);
  CHECK(desk.slot.current()->version() == 2);
  const auto events = desk.rig.events("live_model_updated");
  REQUIRE(events.size() == 1);
  CHECK(events[0].find(sha256) != std::string::npos);
  // Asked again, it says the same and exchanges nothing.
  CHECK(desk.control.handle(request("reload", sha256)).fields == answer.fields);
  CHECK(desk.control.swaps() == 1);
}

TEST_CASE("a reload names the desired model or is refused") {
  Desk desk;
  const auto other = desk.rig.publish(wilful(desk.rig.contract, 2));
  const auto sha256 = store::models::find(desk.rig.database, other)->sha256;
  CHECK(desk.control.handle(request("reload", sha256)).code == "not_desired");
  CHECK(desk.control.handle(request("reload", std::string(64, '0'))).code == "not_found");
  CHECK(desk.slot.current()->version() == 1);
}

TEST_CASE("a trader started with a model of its own takes no other") {
  Desk desk(true);
  const auto sha256 = desk.next_version(2);
  CHECK(desk.control.handle(request("reload", sha256)).code == "pinned");
  desk.control.tick();
  desk.control.finish();
  CHECK(desk.slot.current()->version() == 1);
  CHECK_FALSE(desk.desired().confirmed_at);
}

TEST_CASE("a model of another contract is refused by name and remembered; the old one serves on") {
  Desk desk;
  auto foreign = desk.rig.contract;
  foreign.symbol = "ETH/USD";
  const auto sha256 = desk.rig.request_deployment(desk.rig.publish(wilful(foreign, 2)));
  const auto answer = desk.control.handle(request("reload", sha256));
  CHECK_FALSE(answer.ok);
  CHECK(answer.code == "E_REFUSED");
  CHECK(answer.message.find("symbol is ETH/USD, not BTC/USD") != std::string::npos);
  CHECK(desk.slot.current()->version() == 1);
  const auto deployment = desk.desired();
  CHECK(deployment.refused_at);
  CHECK_FALSE(deployment.confirmed_at);
  REQUIRE(deployment.refusal);
  CHECK(deployment.refusal->find("ETH/USD") != std::string::npos);
  // Remembered: the tick does not load it again.
  std::filesystem::remove(desk.rig.home.model(sha256));
  desk.control.tick();
  CHECK(desk.desired().refusal == deployment.refusal);
}

TEST_CASE("a damaged or missing file is refused and the old model serves on") {
  Desk desk;
  const auto sha256 = desk.next_version(2);
  const auto file = desk.rig.home.model(sha256);
  SUBCASE("damaged") {
    auto bytes = support::read(file);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    std::filesystem::remove(file);
    support::write(file, bytes);
    CHECK(desk.control.handle(request("reload", sha256)).code == "E_INTEGRITY");
  }
  SUBCASE("cut short") {
    const auto bytes = support::read(file);
    std::filesystem::remove(file);
    support::write(file, bytes.substr(0, bytes.size() - 4));
    CHECK(desk.control.handle(request("reload", sha256)).code == "E_INTEGRITY");
  }
  SUBCASE("missing") {
    std::filesystem::remove(file);
    CHECK(desk.control.handle(request("reload", sha256)).code == "E_NOT_FOUND");
  }
  CHECK(desk.slot.current()->version() == 1);
  CHECK(desk.rig.events("live_model_updated").empty());
}

TEST_CASE("a lost nudge heals with the next tick, confirmed and announced exactly once") {
  Desk desk;
  const auto sha256 = desk.next_version(2);
  for (int i = 0; i < 5; ++i) desk.control.tick();
  CHECK(desk.slot.current()->sha256() == sha256);
  CHECK(desk.desired().confirmed_at);
  CHECK(desk.rig.events("live_model_updated").size() == 1);
  CHECK(desk.rig.events("continuous_model_deployed").size() == 1);
  // Whoever asked confirms too: nothing is announced twice.
  store::Transaction change(desk.rig.database);
  CHECK_FALSE(store::deployments::confirm(change, "btc", sha256, desk.clock.now()));
  change.commit();
  CHECK(desk.rig.events("continuous_model_deployed").size() == 1);
}

TEST_CASE("whoever asked is given time to confirm before the trader does") {
  Desk desk(false, 1h);
  const auto sha256 = desk.next_version(2);
  REQUIRE(desk.control.handle(request("reload", sha256)).ok);
  desk.control.tick();
  CHECK_FALSE(desk.desired().confirmed_at);
  desk.control.finish();
  CHECK(desk.desired().confirmed_at);
}

TEST_CASE("halt and resume are stored, and a halt written by others is taken over") {
  Desk desk;
  auto asked = request("halt");
  asked.reason = "holiday";
  const auto halted = desk.control.handle(asked);
  REQUIRE(halted.ok);
  CHECK(halted.fields.find(R"("state":"halted","halt_reason":"holiday")") != std::string::npos);
  CHECK(store::schedules::find(desk.rig.database, "btc")->halted());
  CHECK(desk.control.handle(asked).ok);
  CHECK(desk.control.handle(request("resume")).fields.find(R"("state":"active")") != std::string::npos);
  CHECK_FALSE(store::schedules::find(desk.rig.database, "btc")->halted());
  CHECK_FALSE(desk.risk.halted());

  store::Transaction change(desk.rig.database);
  store::schedules::halt_trader(change, "btc", "by the dashboard", desk.clock.now());
  change.commit();
  desk.control.tick();
  CHECK(desk.risk.halted());
  CHECK(desk.risk.reason() == "by the dashboard");
}

// Nothing can be opened while it lives, as in a process that has leaked its descriptors.
struct NoDescriptors {
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before);
    auto none = before;
    none.rlim_cur = 3;
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

  rlimit before{};
};

TEST_CASE("what the machine kept from loading is no refusal of the model, and is tried again") {
  Desk desk;
  const auto sha256 = desk.next_version(2);
  {
    const NoDescriptors none;
    const auto answer = desk.control.handle(request("reload", sha256));
    CHECK(answer.code == "E_INTERNAL");
    CHECK(answer.message.find("v2 cannot be loaded yet, v1 serves on and it is tried again") == 0);
    CHECK(answer.message.find("Too many open files") != std::string::npos);
  }
  CHECK_FALSE(desk.desired().refused_at);
  CHECK(desk.slot.current()->version() == 1);
  desk.control.tick();  // the row is seen, and it may be too early
  std::this_thread::sleep_for(5ms);
  desk.control.tick();
  CHECK(desk.slot.current()->version() == 2);
  CHECK(desk.desired().confirmed_at);
}

TEST_CASE("a model is to blame for what is in its file, not for the machine") {
  using base::Failure;
  for (const auto fault : {Failure::integrity, Failure::not_found, Failure::refused, Failure::usage})
    CHECK(models::is_models_fault({fault, "x"}));
  for (const auto passing : {Failure::internal, Failure::busy, Failure::unreachable})
    CHECK_FALSE(models::is_models_fault({passing, "x"}));
}

TEST_CASE("a failed trial that the database would not take is recorded later, and not served again") {
  Desk desk;
  const auto sha256 = desk.next_version(2);
  desk.control.tick();
  REQUIRE(desk.slot.current()->version() == 2);
  const char* mended = nullptr;
  SUBCASE("it cannot be read") {
    desk.sql("ALTER TABLE deployments RENAME TO elsewhere");
    mended = "ALTER TABLE elsewhere RENAME TO deployments";
  }
  SUBCASE("it cannot be written") {
    desk.sql("CREATE TRIGGER full BEFORE UPDATE ON deployments BEGIN SELECT raise(ABORT, 'full'); END");
    mended = "DROP TRIGGER full";
  }
  desk.fail_trial();
  for (int k = 0; k < 2; ++k) CHECK_THROWS_AS(desk.control.tick(), base::Error);
  desk.sql(mended);
  desk.control.tick();
  CHECK(desk.slot.current()->version() == 1);
  CHECK(desk.desired().model_version == 1);
  const auto failed = store::deployments::list(desk.rig.database, "btc").at(1);
  CHECK(failed.sha256 == sha256);
  REQUIRE(failed.refusal);
  CHECK(failed.refusal->find("v2 failed its probation") == 0);
}

TEST_CASE("a flattening is stored before it is answered, and ends in a halt when nothing is left to sell") {
  Desk desk;
  auto asked = request("flatten");
  asked.reason = "holiday";
  const auto answer = desk.control.handle(asked);
  REQUIRE(answer.ok);
  CHECK(answer.fields.find(R"("flattening":true)") != std::string::npos);
  CHECK(desk.row().flatten_reason == "holiday");
  CHECK(desk.row().trader_state == TraderState::reducing);
  desk.control.tick();
  CHECK(desk.row().flatten_reason == "holiday");  // not done yet

  {
    JournalWriter journal({desk.rig.home.database(), "live-000000000001", "btc"}, desk.clock);
    desk.risk.halt("holiday: 0 BTC/USD left");  // as the bar thread does
    journal.flattened_durably("holiday: 0 BTC/USD left", {});
    desk.risk.flattened();
  }
  desk.control.tick();
  CHECK_FALSE(desk.row().flatten_reason);
  CHECK(desk.row().halted());
  CHECK(desk.row().trader_state_reason == "holiday: 0 BTC/USD left");
  CHECK(desk.rig.events("live_halt_change").size() == 2);
  desk.control.tick();
  CHECK_FALSE(desk.risk.flattening());
}

TEST_CASE("a flattening that was asked of an earlier process goes on, also where a limit halted meanwhile") {
  Desk desk;
  store::Transaction change(desk.rig.database);
  store::schedules::request_flatten(change, "btc", "holiday", desk.clock.now());
  SUBCASE("reducing") {}
  SUBCASE("halted") { store::schedules::halt_trader(change, "btc", "drawdown", desk.clock.now()); }
  change.commit();
  desk.control.tick();
  CHECK(desk.risk.flattening());
  CHECK(desk.risk.state() == desk.row().trader_state);
}

TEST_CASE("a resume and an operator's halt take a flattening back") {
  Desk desk;
  const char* word = nullptr;
  SUBCASE("resume") { word = "resume"; }
  SUBCASE("halt") { word = "halt"; }
  REQUIRE(desk.control.handle(request("flatten")).ok);
  REQUIRE(desk.control.handle(request(word)).ok);
  for (int k = 0; k < 2; ++k) {
    CHECK_FALSE(desk.risk.flattening());
    CHECK_FALSE(desk.row().flatten_reason);
    CHECK(desk.row().halted() == (std::string(word) == "halt"));
    desk.control.tick();
  }
}

TEST_CASE("without a running trader, too, an operator's halt takes a flattening back") {
  Desk desk;
  store::Transaction change(desk.rig.database);
  store::schedules::request_flatten(change, "btc", "holiday", desk.clock.now());
  change.commit();
  const auto halted =
      set_halt({desk.rig.database, desk.rig.home, desk.clock}, desk.row(), true, "a look", 100ms);
  CHECK(halted.changed);
  CHECK_FALSE(halted.trader_running);
  CHECK(desk.row().halted());
  CHECK_FALSE(desk.row().flatten_reason);
}

TEST_CASE("a halt that was stored because the trader was silent takes its flattening back once it looks") {
  Desk desk;
  REQUIRE(desk.control.handle(request("flatten")).ok);
  desk.control.tick();
  store::Transaction change(desk.rig.database);
  store::schedules::withdraw_flatten(change, "btc", desk.clock.now());
  store::schedules::halt_trader(change, "btc", "a look", desk.clock.now());
  change.commit();
  desk.control.tick();
  CHECK(desk.risk.halted());
  CHECK_FALSE(desk.risk.flattening());
}

TEST_CASE("a halt holds on a full disk as well, and is stored once there is room") {
  Desk desk;
  REQUIRE(desk.control.handle(request("flatten")).ok);
  desk.sql(
      "CREATE TRIGGER full BEFORE UPDATE ON continuous_training_schedules BEGIN SELECT raise(ABORT, 'full'); "
      "END");
  const auto halted = desk.control.handle(request("halt"));
  CHECK(halted.ok);
  CHECK(halted.fields.find("\"halt_stored\":false") != std::string::npos);
  CHECK(desk.risk.halted());
  CHECK_THROWS(desk.control.tick());
  CHECK_FALSE(desk.risk.flattening());
  CHECK_FALSE(desk.row().halted());
  desk.sql("DROP TRIGGER full");
  desk.control.tick();
  CHECK(desk.row().halted());
  CHECK_FALSE(desk.row().flatten_reason);
  CHECK_FALSE(desk.risk.flattening());
}

TEST_CASE("a halt that a hung trader does not answer is stored, a release is not") {
  Desk desk;
  std::latch over(1);
  const wire::Server hung(wire::Server::Options(desk.rig.home.trader_socket("btc")),
                          [&](const wire::Request&) {
                            over.wait();
                            return wire::Answer::yes("{}");
                          });
  const store::StateContext state{desk.rig.database, desk.rig.home, desk.clock};
  CHECK_THROWS_AS(set_halt(state, desk.row(), true, "a look", 50ms), base::Error);
  CHECK(desk.row().halted());
  CHECK(desk.row().trader_state_reason == "a look");
  CHECK_THROWS_AS(set_halt(state, desk.row(), false, "", 50ms), base::Error);
  CHECK(desk.row().halted());
  desk.control.tick();  // it looks, at last
  CHECK(desk.risk.halted());
  over.count_down();
}

TEST_CASE("status, ping and stop answer") {
  Desk desk;
  const auto status = desk.control.handle(request("status"));
  REQUIRE(status.ok);
  for (const auto* key : {"state", "symbol", "position", "equity", "drawdown_pct", "model_version", "sha256",
                          "bars", "trades", "last_bar", "pid", "session_id"}) {
    CAPTURE(key);
    CHECK(status.fields.find("\"" + std::string(key) + "\":") != std::string::npos);
  }
  CHECK(desk.control.handle(request("ping")).fields.find(std::to_string(::getpid())) != std::string::npos);
  CHECK(desk.stops == 0);
  CHECK(desk.control.handle(request("stop")).ok);
  CHECK(desk.stops == 1);
}

}  // namespace
}  // namespace ctt::trader
