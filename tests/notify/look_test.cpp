#include "notify/look.h"

#include <functional>

#include "store/cycle_journal.h"
#include "store/events.h"
#include "store/sample.h"
#include "store/schedule_removal.h"

using namespace ctt;
using namespace ctt::notify;
using namespace std::chrono_literals;

namespace {

using Kinds = std::vector<std::string>;

/// A schedule btc, and two processes that look: `here` and `there`.
struct Watched : sample::Ledger {
  base::Home home{scratch / "home"};
  base::ManualClock clock{sample::kNoon};
  store::Database there{database.file()};
  NotifySettings settings;

  Watched() {
    home.create();
    settings.kinds = parse_kinds("all");
    edit([](store::Schedule& row) { row.activated_at = sample::kNoon; });
    static_cast<void>(look_at(database));  // the first look ever
  }

  Found look_at(store::Database& from) {
    return look({from, home, clock}, settings, [](const store::Schedule&) { return upkeep::TraderHealth{}; });
  }
  Kinds here() { return kinds(look_at(database)); }
  Kinds over_there() { return kinds(look_at(there)); }
  static Kinds kinds(const Found& found) {
    Kinds all;
    for (const auto& alarm : found.alarms) all.push_back(alarm.kind);
    return all;
  }
  void edit(const std::function<void(store::Schedule&)>& edit) {
    sample::change(database, [&](store::Transaction& change) {
      auto row = store::schedules::get(change, "btc");
      edit(row);
      store::schedules::update(change, row, clock.now());
    });
  }
  void halt() {
    sample::change(database, [&](store::Transaction& change) {
      store::schedules::halt_trader(change, "btc", "for a look", clock.now());
    });
  }
  void release() {
    sample::change(database, [&](store::Transaction& change) {
      store::schedules::release_trader(change, "btc", clock.now());
    });
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
};

}  // namespace

TEST_CASE("of all that look, one tells of a halt, and it is told anew only after a release") {
  Watched watched;
  CHECK(watched.here().empty());
  watched.halt();
  const auto found = watched.look_at(watched.there);
  REQUIRE(found.alarms.size() == 1);
  CHECK(found.alarms[0].kind == "halted");
  CHECK(found.alarms[0].level == "critical");
  CHECK(found.alarms[0].reason == "the trader of btc is halted: for a look");
  CHECK(found.alarms[0].command == "ctt trade resume --schedule btc");
  CHECK(watched.here().empty());
  watched.clock.advance(2min);
  CHECK(watched.over_there().empty());
  watched.release();
  CHECK(watched.here().empty());
  watched.halt();
  CHECK(watched.here() == Kinds{"halted"});
}

TEST_CASE("the alarms of a schedule that is deleted hold no more") {
  Watched watched;
  watched.halt();
  CHECK(watched.here() == Kinds{"halted"});
  CHECK(store::alarms::holding(watched.database).size() == 1);
  sample::change(watched.database, [&](store::Transaction& change) {
    store::schedules::remove(change, "btc", watched.clock.now());
  });
  CHECK(store::alarms::holding(watched.database).empty());
}

TEST_CASE("what comes and goes is told once a minute") {
  Watched watched;
  watched.halt();
  CHECK(watched.here() == Kinds{"halted"});
  watched.release();
  CHECK(watched.here().empty());
  watched.clock.advance(10s);
  watched.halt();
  CHECK(watched.here().empty());
  watched.clock.advance(50s);
  CHECK(watched.over_there() == Kinds{"halted"});
}

TEST_CASE("each cycle that fails is told once, by whoever comes first") {
  Watched watched;
  watched.fail_cycle();
  const auto found = watched.look_at(watched.database);
  REQUIRE(found.alarms.size() == 1);
  CHECK(found.alarms[0].kind == "cycle_failed");
  CHECK(found.alarms[0].reason == "cycle 1 of btc failed with data_blocked: 7 bars missing");
  CHECK(watched.over_there().empty());
  watched.clock.advance(61s);
  watched.fail_cycle();
  CHECK(watched.over_there() == Kinds{"cycle_failed"});
  CHECK(watched.here().empty());
}

TEST_CASE("events before the first look, or of more than an hour ago, are not told") {
  sample::Ledger ledger;
  const base::Home home{ledger.scratch / "home"};
  home.create();
  base::ManualClock clock{sample::kNoon};
  const auto append = [&] {
    sample::change(ledger.database, [&](store::Transaction& change) {
      store::events::append(change, {.ts = sample::kNoon,
                                     .type = "continuous_cycle_failed",
                                     .schedule_id = "btc",
                                     .cycle_number = 3,
                                     .payload = R"({"reason":"timeout","message":"too long"})"});
    });
  };
  NotifySettings settings;
  settings.kinds = {"cycle_failed"};
  const auto told = [&] {
    return look({ledger.database, home, clock}, settings,
                [](const store::Schedule&) { return upkeep::TraderHealth{}; })
        .alarms.size();
  };
  append();
  CHECK(told() == 0);
  append();
  CHECK(told() == 1);
  clock.advance(61min);
  append();
  CHECK(told() == 0);
}

TEST_CASE("a good cycle beats the heart once, and kinds that nobody wants are not told") {
  Watched watched;
  watched.settings.kinds = {"trader_gone"};
  watched.halt();
  CHECK(watched.here().empty());
  sample::change(watched.database, [&](store::Transaction& change) {
    store::events::append(change, {.ts = sample::kNoon,
                                   .type = "continuous_cycle_complete",
                                   .schedule_id = "btc",
                                   .cycle_number = 1,
                                   .payload = R"({"decision":"rejected"})"});
  });
  CHECK(watched.look_at(watched.there).good_cycle);
  CHECK_FALSE(watched.look_at(watched.database).good_cycle);
}

TEST_CASE(
    "an alarm whose process died before it was sent is sent by another, one that was sent by nobody else") {
  Watched watched;
  watched.halt();
  const auto found = watched.look_at(watched.database);
  REQUIRE(found.alarms.size() == 1);
  CHECK(watched.over_there().empty());  // its process, this one, lives
  sample::change(watched.database, [&](store::Transaction& change) {
    store::alarms::assign(change, found.alarms[0].id, 4'194'304, "another-boot/1");
  });
  CHECK(watched.over_there() == Kinds{"halted"});
  sample::change(watched.database, [&](store::Transaction& change) {
    store::alarms::assign(change, found.alarms[0].id, 4'194'304, "another-boot/1");
    store::alarms::sent(change, found.alarms[0].id, "", sample::kNoon);
  });
  CHECK(watched.here().empty());
}
