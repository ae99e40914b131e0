#include "trader/control.h"

#include <unistd.h>

#include <fstream>

#include "rig.h"
#include "store/events.h"
#include "store/models.h"
#include "store/schedules.h"

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
    return {rig.home, "btc", session.id, rig.contract, pinned, confirm_after};
  }
  std::string next_version(std::uint64_t seed) { return rig.desire(rig.publish(wilful(rig.contract, seed))); }
  store::Deployment desired() { return store::deployments::desired(rig.database, "btc").value(); }

  Rig rig;
  base::SystemClock clock;
  Risk risk{{.max_position = 0, .max_drawdown_fraction = 0, .max_daily_loss_fraction = 0}};
  PolicySlot slot;
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
  const auto sha256 = desk.rig.desire(desk.rig.publish(wilful(foreign, 2)));
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
