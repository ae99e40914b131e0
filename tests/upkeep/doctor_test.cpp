#include "upkeep/doctor.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "cycle/rig.h"
#include "schedule/control.h"
#include "store/cycle_journal.h"
#include "store/live_sessions.h"
#include "store/models.h"
#include "upkeep/check.h"

namespace ctt::upkeep {

using namespace ctt::cycle;

namespace {

using Grade = Finding::Grade;

Finding only(const std::vector<Finding>& findings) {
  REQUIRE(findings.size() == 1);
  return findings.front();
}

Finding examined(Rig& rig, const std::string& check) { return only(examine(check, rig.context())); }

}  // namespace

TEST_CASE("a schedule that does well gives the doctor nothing to say") {
  Rig rig;
  rig.begin(Rig::config());
  for (const auto& check : doctor_checks()) {
    CAPTURE(check);
    const auto found = examined(rig, check);
    CHECK(found.grade == Grade::ok);
    CHECK(found.check == check);
    CHECK(found.fix.empty());
  }
}

TEST_CASE("a trader that ended by itself is a problem, and its reason is told") {
  Rig rig;
  rig.begin(Rig::config());
  store::Transaction change(*rig.database);
  store::LiveSession session;
  session.id = "live-000000000001";
  session.schedule_id = "s";
  session.symbol = "BTC/USD";
  session.timeframe = "1h";
  session.started_at = rig.clock.now();
  store::live_sessions::insert(change, session);
  store::live_sessions::finish(change, session.id, store::SessionStatus::failed, "refuses the keys",
                               rig.clock.now());
  change.commit();
  const auto found = examined(rig, "trader");
  CHECK(found.grade == Grade::problem);
  CHECK(found.text == "the trader of s failed: refuses the keys");
  CHECK(found.fix == "ctt trade --schedule s");
}

TEST_CASE("a cycle is left over when nobody holds its lock, not when its pid is somebody else's by now") {
  Rig rig;
  rig.begin(Rig::config());
  store::Transaction change(*rig.database);
  const store::NewCycle claim{.schedule_id = "s",
                              .slot_at = rig.clock.now(),
                              .pid = ::getpid(),  // of a process that lives, and runs no cycle
                              .process = "another-boot/1",
                              .parent_model_version = 1};
  const auto cycle = store::cycles::claim(change, claim, rig.clock.now());
  change.commit();
  CHECK(examined(rig, "locks").text.find("cycle 1 of s was left") != std::string::npos);
  const auto left = check_state(rig.context());
  REQUIRE(left.size() == 1);
  CHECK(left.front().find("has no end and its process") != std::string::npos);

  const auto lock = TrainingLock::try_acquire(rig.home, "ctt cycle run");
  support::write(rig.home.training_lock(), "4194304 2026-11-23T12:00:20Z ctt cycle run\n");
  store::Transaction again(*rig.database);
  store::cycles::fail(again, cycle.id, "internal", "left", rig.clock.now());
  auto hidden = claim;
  hidden.pid = 4'194'304;  // a process that is there and cannot be seen
  store::cycles::claim(again, hidden, rig.clock.now());
  again.commit();
  CHECK(examined(rig, "locks").text.starts_with("training: pid 4194304, ctt cycle run"));
  CHECK(check_state(rig.context()).empty());
}

TEST_CASE("an overdue slot is the timer's fault, and the fix is to install one") {
  Rig rig;
  rig.begin(Rig::config());
  rig.clock.set(*rig.schedule().next_cycle_at + std::chrono::hours(1));
  const auto found = examined(rig, "timer");
  CHECK(found.grade == Grade::problem);
  CHECK(found.fix.starts_with("ctt schedule install"));
}

TEST_CASE("a model in use whose file is damaged is named, one that is gone too") {
  Rig rig;
  rig.begin(Rig::config());
  const auto model = store::models::get(*rig.database, "v1");
  const auto file = rig.home.model(model.sha256);
  SUBCASE("damaged") {
    ::chmod(file.c_str(), 0600);
    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(-1, std::ios::end).put(42);
  }
  SUBCASE("gone") { std::filesystem::remove(file); }
  const auto found = examined(rig, "models");
  CHECK(found.grade == Grade::problem);
  CHECK(found.text.starts_with("v1: "));
}

TEST_CASE("a clock behind the newest event was put back") {
  Rig rig;
  rig.begin(Rig::config());
  rig.clock.set(rig.clock.now() - std::chrono::hours(1));
  CHECK(examined(rig, "clock").grade == Grade::problem);
}

TEST_CASE("a frozen schedule is worth a word, and how to thaw it") {
  Rig rig;
  rig.begin(Rig::config());
  store::Transaction change(*rig.database);
  CHECK(schedule::freeze(change, "s", std::nullopt, rig.clock.now()) == schedule::ControlOutcome::done);
  change.commit();
  const auto found = examined(rig, "schedule");
  CHECK(found.grade == Grade::ok);
  CHECK(found.fix == "ctt schedule unfreeze --schedule s");
}

}  // namespace ctt::upkeep
