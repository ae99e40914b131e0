#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cmd/schedule_control.h"
#include "cmd/schedule_status.h"
#include "cmd/schedule_update.h"

#include <thread>

#include "schedule/claim.h"
#include "schedule/config.h"
#include "schedule/recovery.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;
using namespace std::chrono_literals;

namespace {

// A desk with an active schedule `btc` that is due at 18:00:20 and every six hours; it is noon.
struct Clockwork : support::Desk {
  Clockwork() {
    store::Database database(home.database());
    sample::change(database, [](store::Transaction& change) {
      sample::add_basics(change);
      auto row = sample::schedule_row("btc");
      row.config = schedule::Config().json();
      row.activated_at = sample::kNoon;
      store::schedules::insert(change, row);
    });
  }
  store::Schedule row() {
    store::Database database(home.database());
    return store::schedules::get(database, "btc");
  }
  schedule::Config config() { return schedule::Config::parse(row().config, "test"); }
};

}  // namespace

TEST_CASE("an update changes what is named, from the next slot on, and says what was before") {
  Clockwork desk;
  ScheduleUpdate update;
  update.gate = "strict";
  update.interval = "4h";
  update.auto_deploy = false;
  CHECK(desk.would(update).find("gate         basic -> strict") != std::string::npos);
  CHECK(desk.config().gate == schedule::Gate::basic);  // a dry run changed nothing
  CHECK(desk.run(update) == 0);
  CHECK(desk.out().find("interval     6 h -> 4 h") != std::string::npos);
  CHECK(desk.config().gate == schedule::Gate::strict);
  CHECK_FALSE(desk.config().auto_deploy);
  CHECK(desk.config().window_candles == 1000);
  CHECK(desk.row().next_cycle_at == sample::at("2026-11-23T16:00:20Z"));
  CHECK(desk.run(update) == 0);
  CHECK(desk.out().starts_with("Schedule btc is set so already."));
}

TEST_CASE("an update of one defect's policy leaves the others") {
  Clockwork desk;
  ScheduleUpdate update;
  update.data_policy = {"hole=block"};
  REQUIRE(desk.run(update) == 0);
  update.data_policy = {"revised=block", "filled_fraction_max=0.05"};
  REQUIRE(desk.run(update) == 0);
  CHECK(desk.config().data_policy.about(market::Defect::hole) == market::DefectPolicy::block);
  CHECK(desk.config().data_policy.about(market::Defect::revised) == market::DefectPolicy::block);
  CHECK(desk.config().data_policy.about(market::Defect::zero_volume) == market::DefectPolicy::mark);
  CHECK(desk.config().data_policy.filled_fraction_max == 0.05);
}

TEST_CASE("a slot that is due when the interval changes still gets its cycle") {
  Clockwork desk;
  desk.clock.advance(7h);
  ScheduleUpdate update;
  update.interval = "1h";
  CHECK(desk.run(update) == 0);
  CHECK(desk.row().next_cycle_at == sample::at("2026-11-23T18:00:20Z"));
}

TEST_CASE("a holdout of a tenth stays a tenth of the window, one of its own stays") {
  Clockwork desk;
  ScheduleUpdate update;
  update.window = 2000;
  CHECK(desk.run(update) == 0);
  CHECK(desk.config().holdout_candles == 200);
  update.holdout = 150;
  CHECK(desk.run(update) == 0);
  update = {};
  update.window = 3000;
  CHECK(desk.run(update) == 0);
  CHECK(desk.config().holdout_candles == 150);
}

TEST_CASE("an update that names nothing, or a setting beyond its limits, is refused and changes nothing") {
  Clockwork desk;
  CHECK_THROWS_AS(desk.run(ScheduleUpdate{}), base::Error);
  ScheduleUpdate update;
  update.lr_mult = 11;
  CHECK_THROWS_AS(desk.run(update), base::Error);
  CHECK(desk.config() == schedule::Config());
}

TEST_CASE("freeze, unfreeze and skip-next are switches that say how the schedule is afterwards") {
  Clockwork desk;
  CHECK(desk.run(ScheduleFreeze{}) == 0);
  CHECK(desk.out().starts_with("Schedule btc is frozen: cycles train, nothing deploys."));
  CHECK(desk.row().frozen);
  CHECK(desk.run(ScheduleFreeze{}) == 0);
  CHECK(desk.out().starts_with("Schedule btc is already frozen"));
  CHECK(desk.run(ScheduleUnfreeze{}) == 0);
  CHECK_FALSE(desk.row().frozen);
  CHECK(desk.json(ScheduleSkipNext{}).boolean("skip_next", false));
  CHECK(desk.row().skip_next);
}

TEST_CASE("a check exits 10 with the reason when nothing came at the due time, and 0 silently when well") {
  Clockwork desk;
  ScheduleStatus status;
  status.check = true;
  Globals quiet;
  quiet.quiet = true;
  CHECK(desk.run(status, quiet) == 0);
  CHECK(desk.out().empty());
  desk.clock.advance(7h);
  CHECK(desk.run(status, quiet) == 10);
  CHECK(desk.out().find("late: a cycle has been due for") != std::string::npos);
  SUBCASE("an age of its own") {
    Clockwork fresh;
    fresh.clock.advance(5h);
    CHECK(fresh.run(status) == 0);
    status.max_age = "2h";
    CHECK(fresh.run(status) == 10);
    CHECK(fresh.out().find("stale: no cycle has completed in") != std::string::npos);
  }
}

TEST_CASE("a watch shows the state once more when it changed, and ends with the signal") {
  Clockwork desk;
  ScheduleStatus status;
  status.watch = true;
  int looks = 0;
  status.stop_signal = [&] {
    if (++looks == 2) {
      store::Database database(desk.home.database());
      sample::change(database, [](store::Transaction& change) {
        auto row = store::schedules::get(change, "btc");
        row.frozen = true;
        store::schedules::update(change, row, sample::kNoon);
      });
    }
    return looks > 4 ? 2 : 0;
  };
  CHECK(desk.run(status) == 130);
  const auto first = desk.out().find("btc   active   BTC/USD");
  REQUIRE(first != std::string::npos);
  CHECK(desk.out().find("btc   active, frozen", first) != std::string::npos);
  CHECK(desk.out().find("btc   active", desk.out().find("frozen")) == std::string::npos);
}

TEST_CASE("a stop can ask the running cycle to end and wait until it has") {
  Clockwork desk;
  const auto handler = ::signal(SIGTERM, SIG_DFL);  // the child's; doctest has one of its own
  const pid_t worker = ::fork();
  if (worker == 0) {
    ::pause();  // SIGTERM ends it
    ::_exit(0);
  }
  ::signal(SIGTERM, handler);
  store::Database database(desk.home.database());
  sample::change(database, [&](store::Transaction& change) {
    store::cycles::claim(change,
                         {.schedule_id = "btc",
                          .slot_at = sample::kNoon,
                          .pid = worker,
                          .process = schedule::process_identity(worker),
                          .parent_model_version = 1},
                         sample::kNoon);
  });
  ScheduleStop stop;
  stop.wait = true;
  SUBCASE("waiting alone leaves it be, until the operator has waited enough") {
    int looks = 0;
    stop.stop_signal = [&] { return ++looks > 2 ? 2 : 0; };
    CHECK(desk.run(stop) == 130);
    CHECK(::kill(worker, 0) == 0);
    ::kill(worker, SIGKILL);
    ::waitpid(worker, nullptr, 0);
  }
  SUBCASE("cancelling ends it") {
    stop.cancel_running = true;
    std::thread reaper([&] { ::waitpid(worker, nullptr, 0); });
    CHECK(desk.run(stop) == 0);
    reaper.join();
  }
  CHECK(desk.row().status == store::ScheduleStatus::idle);
}
