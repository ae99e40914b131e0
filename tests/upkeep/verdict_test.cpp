#include "upkeep/verdict.h"

#include <unistd.h>

#include <filesystem>
#include <functional>

#include "base/files.h"
#include "store/alarms.h"
#include "store/cycle_journal.h"
#include "store/live_sessions.h"
#include "store/sample.h"

namespace ctt::upkeep {

namespace {

using namespace std::chrono_literals;
using Codes = std::vector<std::string>;

/// An active schedule btc, due at six; it is noon.
struct Judged : sample::Ledger {
  base::Home home{scratch / "home"};
  base::ManualClock clock{sample::kNoon};

  Judged() {
    home.create();
    edit([](store::Schedule& row) { row.activated_at = sample::kNoon; });
  }

  store::Schedule row() { return store::schedules::get(database, "btc"); }
  HealthVerdict judge() { return verdict({database, home, clock}, row(), {}); }
  Codes codes() {
    Codes all;
    for (const auto& condition : judge().conditions) all.push_back(condition.code);
    return all;
  }
  void fail_cycle() {
    sample::change(database, [&](store::Transaction& change) {
      const auto cycle = store::cycles::claim(
          change,
          {.schedule_id = "btc", .slot_at = clock.now(), .pid = 1, .process = "", .parent_model_version = {}},
          clock.now());
      store::cycles::fail(change, cycle.id, "data_blocked", "7 bars missing", clock.now());
    });
  }
  void edit(const std::function<void(store::Schedule&)>& edit) {
    sample::change(database, [&](store::Transaction& change) {
      auto changed = store::schedules::get(change, "btc");
      edit(changed);
      store::schedules::update(change, changed, clock.now());
    });
  }
};

}  // namespace

TEST_CASE("a schedule that waits for its slot is well, and the verdict has nothing to say") {
  Judged state;
  const auto verdict = state.judge();
  CHECK(verdict.level() == HealthLevel::ok);
  CHECK(verdict.well());
  CHECK(verdict.worst() == nullptr);
}

TEST_CASE("the worst condition is the verdict, and a notice alone is well") {
  Judged state;
  state.edit([](store::Schedule& row) { row.frozen = true; });
  CHECK(state.codes() == Codes{"schedule_frozen"});
  CHECK(state.judge().well());
  state.edit([](store::Schedule& row) {
    row.trader_state = store::TraderState::reducing;
    row.trader_state_reason = "books differ";
  });
  CHECK(state.codes() == Codes{"reducing", "schedule_frozen"});
  CHECK_FALSE(state.judge().well());
  state.clock.advance(8h);  // nobody came at six
  CHECK(state.codes() == Codes{"cycle_late", "reducing", "schedule_frozen"});
  CHECK(state.judge().level() == HealthLevel::critical);
  CHECK(state.judge().worst()->since == state.row().next_cycle_at);
}

TEST_CASE("cycles that fail say with what, and what shows more") {
  Judged state;
  state.fail_cycle();
  CHECK(state.codes() == Codes{"cycles_failing"});  // the only one did
  CHECK(state.judge().worst()->command == "ctt cycle show 1 --schedule btc");
  CHECK(state.judge().worst()->reason == "the only cycle failed, last with data_blocked: 7 bars missing");
}

TEST_CASE("a cycle whose process is gone is no cycle that runs, and the verdict says so") {
  Judged state;
  sample::change(state.database, [&](store::Transaction& change) {
    store::cycles::claim(change,
                         {.schedule_id = "btc",
                          .slot_at = sample::kNoon,
                          .pid = 1,
                          .process = "another-boot/1",
                          .parent_model_version = {}},
                         sample::kNoon);
  });
  CHECK(state.codes() == Codes{"cycle_abandoned"});
  CHECK(state.judge().worst()->command == "ctt cycle run --schedule btc");
  CHECK(state.judge().worst()->since == sample::kNoon);
}

TEST_CASE("what tells nothing of its beginning holds since somebody was told of it") {
  Judged state;
  const auto lock = base::FileLock::try_acquire(state.home.trader_lock("btc"), "ctt trade");
  sample::change(state.database, [&](store::Transaction& change) {
    store::LiveSession session;
    session.id = "live-000000000001";
    session.schedule_id = "btc";
    session.symbol = "BTC/USD";
    session.timeframe = "1h";
    session.pid = ::getpid();
    session.started_at = sample::kNoon;
    store::live_sessions::insert(change, session);
  });
  TraderHealth hung;
  hung.silent = true;
  const auto since = [&] {
    const auto found = verdict({state.database, state.home, state.clock}, state.row(), hung);
    REQUIRE(found.worst() != nullptr);
    CHECK(found.worst()->code == "trader_silent");
    return found.worst()->since;
  };
  CHECK_FALSE(since());
  sample::change(state.database, [&](store::Transaction& change) {
    store::Alarm alarm;
    alarm.schedule_id = "btc";
    alarm.kind = "trader_silent";
    store::alarms::raise(change, alarm, true, sample::kNoon);
  });
  CHECK(since() == sample::kNoon);
}

TEST_CASE("a database that was moved away, or replaced, is told by whoever has it open") {
  Judged state;
  const auto file = state.database.file();
  auto aside = file;
  aside += ".aside";
  std::filesystem::rename(file, aside);
  CHECK(state.codes() == Codes{"database_moved"});
  CHECK(machine_verdict({state.database, state.home, state.clock}).level() == HealthLevel::critical);
  std::filesystem::copy_file(aside, file);
  CHECK(state.codes() == Codes{"database_moved"});
  std::filesystem::remove(file);
  std::filesystem::rename(aside, file);
  CHECK(state.codes().empty());
}

}  // namespace ctt::upkeep
