#include "schedule/health.h"

#include "base/files.h"
#include "base/process.h"
#include "store/cycle_journal.h"
#include "store/sample.h"

namespace ctt {

using namespace sample;
using namespace std::chrono_literals;
using schedule::Config;
using schedule::Health;
using store::CycleStatus;

namespace {

// The sample schedule: active since the 20th, due at 18:00:20 on the 23rd, every six hours.
const base::Instant kDue = at("2026-11-23T18:00:20Z");

// One letter a cycle, newest first: completed, failed, skipped, cancelled (x), running. They ended
// six hours apart, the newest at noon.
std::vector<store::Cycle> cycles(std::string_view letters) {
  std::vector<store::Cycle> newest_first;
  auto when = kNoon;
  auto number = static_cast<std::int64_t>(letters.size());
  for (const char letter : letters) {
    store::Cycle cycle;
    cycle.number = number--;
    cycle.started_at = when;
    if (letter != 'r') cycle.finished_at = when;
    cycle.status = letter == 'c'   ? CycleStatus::completed
                   : letter == 'f' ? CycleStatus::failed
                   : letter == 's' ? CycleStatus::skipped
                   : letter == 'x' ? CycleStatus::cancelled
                                   : CycleStatus::running;
    if (letter == 'f') {
      cycle.reason = "data_blocked";
      cycle.message = "7 bars missing";
    }
    if (letter == 's') cycle.reason = "launcher_busy";
    newest_first.push_back(cycle);
    when -= 6h;
  }
  return newest_first;
}

struct Row {
  std::string_view cycles;
  base::Instant now;
  Health health;
};

}  // namespace

TEST_CASE("health by the newest cycles and the time") {
  const Row rows[] = {
      {"", at("2026-11-20T11:00:00Z"), Health::ok},  // just begun
      {"c", kDue, Health::ok},
      {"rc", kDue, Health::ok},
      {"sc", kDue, Health::ok},
      {"fc", kDue, Health::ok},  // one failure may happen
      {"ffc", kDue, Health::failing},
      {"fsfc", kDue, Health::failing},  // a skipped slot is no success
      {"xffc", kDue, Health::failing},
      {"cff", kDue, Health::ok},
      {"f", kDue, Health::failing},     // the first one failed
      {"c", kDue + 15min, Health::ok},  // a timer may be late by 15 minutes
      {"c", kDue + 15min + 1s, Health::late},
      {"ff", kDue + 1h, Health::failing},  // the first that holds
      {"ssc", kDue, Health::ok},
      {"sssc", kDue, Health::stale},                    // the last training is 24 h old, 18 h are allowed
      {"", at("2026-11-23T12:00:20Z"), Health::stale},  // active for three days without one
  };
  for (const auto& row : rows) {
    CAPTURE(row.cycles);
    const auto report = schedule::health(schedule_row("btc"), Config{}, cycles(row.cycles), row.now);
    CHECK(name(report.health) == name(row.health));
    CHECK(report.reason.empty() == (row.health == Health::ok));
  }
}

TEST_CASE("a reason says what happened and where to look") {
  const auto reason = [](std::string_view letters, base::Instant now) {
    return schedule::health(schedule_row("btc"), Config{}, cycles(letters), now).reason;
  };
  CHECK(reason("ffc", kDue) ==
        "the newest 2 cycles failed, last with data_blocked: 7 bars missing; see ctt cycle show 3 --schedule "
        "btc");
  CHECK(reason("c", kDue + 41min) ==
        "a cycle has been due for 41 min and nothing ran it; ctt schedule install lets a timer call it");
  CHECK(reason("sssc", kDue) ==
        "the newest completed cycle is 1 d old; see ctt schedule history --schedule btc");
}

TEST_CASE("a schedule that does not run is well") {
  auto paused = schedule_row("btc");
  paused.status = store::ScheduleState::paused;
  CHECK(schedule::health(paused, Config{}, cycles("ff"), kDue + 48h).health == Health::ok);
}

TEST_CASE("after a pause the clock of staleness begins anew, unless an age is asked for") {
  auto resumed = schedule_row("btc");
  resumed.activated_at = kDue - 1h;
  CHECK(schedule::health(resumed, Config{}, cycles("sssc"), kDue).health == Health::ok);
  CHECK(schedule::health(resumed, Config{}, cycles("sssc"), kDue, 23h).health == Health::stale);
  CHECK(schedule::health(resumed, Config{}, cycles("sssc"), kDue, 25h).health == Health::ok);
}

TEST_CASE("a short interval is late after two minutes") {
  Config config;
  config.interval = 5min;
  CHECK(schedule::health(schedule_row("btc"), config, cycles("c"), kDue + 2min + 1s).health == Health::late);
}

TEST_CASE(
    "slots that come faster than bars leave the model no older than its bars, unless an age is asked for") {
  Config config;
  config.interval = 5min;
  auto learned = cycles("sc");
  learned[0].reason = schedule::kNoNewData;
  learned[1].finished_at = kDue - 50min;
  learned[1].window_last = std::chrono::floor<std::chrono::seconds>(kDue - 2h);
  const auto health = [&](std::optional<std::chrono::seconds> age_max = {}) {
    return schedule::health(schedule_row("btc"), config, learned, kDue, age_max).health;
  };
  CHECK(health() == Health::ok);
  CHECK(health(40min) == Health::stale);
  learned[0].reason = "launcher_busy";
  CHECK(health() == Health::stale);
}

TEST_CASE("from the database, a long row of skipped slots does not hide the last training") {
  Ledger ledger;
  const auto cycle = claim(ledger.database, kDue - 2h);
  start(ledger.database, cycle);
  change(ledger.database, [&](store::Transaction& t) {
    store::cycles::complete(t, cycle.id, {}, kDue - 1h);
    for (int i = 0; i < 30; ++i) {
      store::cycles::skip(
          t, {.schedule_id = "btc", .slot_at = kDue, .slots = 1, .reason = "launcher_busy", .message = ""},
          kDue);
    }
  });
  CHECK(schedule::health(ledger.database, store::schedules::get(ledger.database, "btc"), kDue).health ==
        Health::ok);
}

TEST_CASE("a schedule whose running cycle has lost its process is failing until somebody closes it") {
  Ledger ledger;
  const base::Home home{ledger.scratch / "home"};
  const base::ManualClock clock{kDue};
  home.create();
  const auto self = base::ProcessId::current();
  const auto cycle = change(ledger.database, [&](store::Transaction& t) {
    return store::cycles::claim(t,
                                {.schedule_id = "btc",
                                 .slot_at = kDue - 2h,
                                 .pid = self.pid,
                                 .process = self.text(),
                                 .parent_model_version = 1},
                                kDue - 2h);
  });
  const auto health = [&] {
    return schedule::health({ledger.database, home, clock}, store::schedules::get(ledger.database, "btc"));
  };
  {
    const auto lock = base::FileLock::try_acquire(home.training_lock(), "ctt cycle run");
    CHECK(health().health == Health::stale);  // none has completed yet, and one is at work
  }
  CHECK(health().health == Health::failing);
  CHECK(health().reason.find("ctt cycle run --schedule btc") != std::string::npos);
  change(ledger.database,
         [&](store::Transaction& t) { store::cycles::complete(t, cycle.id, {}, kDue - 1h); });
  CHECK(health().health == Health::ok);
}

}  // namespace ctt
