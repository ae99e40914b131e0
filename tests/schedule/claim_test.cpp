#include "schedule/claim.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/process.h"
#include "schedule/config.h"
#include "store/cycle_journal.h"
#include "store/sample.h"

namespace ctt {

using namespace sample;
using namespace std::chrono_literals;
using schedule::Claimed;
using store::CycleStatus;
using store::Transaction;

namespace {

// The ledger's schedule is due at 18:00:20 and every six hours.
const base::Instant kSlot = at("2026-11-23T18:00:20Z");

Claimed claim_at(store::Database& database, base::Instant now) {
  return change(database, [&](Transaction& t) { return schedule::claim_due(t, "btc", now); });
}

void end(store::Database& database, const Claimed& claimed) {
  change(database,
         [&](Transaction& t) { store::cycles::fail(t, claimed.cycle->id, "internal", "test", kSlot); });
}

void set(store::Database& database, auto edit) {
  change(database, [&](Transaction& t) {
    auto s = store::schedules::get(t, "btc");
    edit(s);
    store::schedules::update(t, s, kNoon);
  });
}

base::Instant next_slot(store::Database& database) {
  return *store::schedules::get(database, "btc").next_cycle_at;
}

}  // namespace

TEST_CASE("a claim takes the slot, for this process, and moves the schedule on") {
  Ledger ledger;
  CHECK_FALSE(claim_at(ledger.database, kSlot - 1ms).cycle);
  const auto claimed = claim_at(ledger.database, kSlot + 5s);
  REQUIRE(claimed.cycle);
  CHECK(claimed.cycle->number == 1);
  CHECK(claimed.cycle->slot_at == kSlot);
  CHECK(claimed.cycle->started_at == kSlot + 5s);
  CHECK(claimed.cycle->pid == ::getpid());
  CHECK(claimed.cycle->process == base::ProcessId::current().text());
  CHECK(claimed.cycle->parent_model_version == 1);
  CHECK(claimed.skipped.empty());
  CHECK(next_slot(ledger.database) == kSlot + 6h);
  CHECK(ledger.newest_event().type == "continuous_status_change");
  CHECK_FALSE(claim_at(ledger.database, kSlot + 6s).cycle);  // running twice has the effect of once
}

TEST_CASE("a claim that is not committed leaves the slot to the next run") {
  Ledger ledger;
  {
    Transaction lost(ledger.database);
    CHECK(schedule::claim_due(lost, "btc", kSlot).cycle);
  }
  CHECK(next_slot(ledger.database) == kSlot);
  CHECK(claim_at(ledger.database, kSlot).cycle->number == 1);
}

TEST_CASE("two runs at once claim a slot once") {
  Ledger ledger;
  std::atomic<int> claims = 0, failures = 0;
  std::vector<std::thread> runs;
  for (int i = 0; i < 4; ++i) {
    runs.emplace_back([&] {
      try {
        store::Database own(ledger.scratch / "ctt.db");
        if (claim_at(own, kSlot).cycle) ++claims;
      } catch (const std::exception&) {
        ++failures;
      }
    });
  }
  for (auto& run : runs) run.join();
  CHECK(claims == 1);
  CHECK(failures == 0);
  CHECK(store::cycles::recent(ledger.database, "btc", 10).size() == 1);
}

TEST_CASE("missed slots collapse into one row and the newest one runs") {
  Ledger ledger;
  const auto claimed = claim_at(ledger.database, at("2026-11-26T09:00:00Z"));
  REQUIRE(claimed.skipped.size() == 1);
  CHECK(claimed.skipped[0].number == 1);
  CHECK(claimed.skipped[0].slots == 10);
  CHECK(claimed.skipped[0].reason == "missed");
  CHECK(claimed.skipped[0].message ==
        "nothing ran in 10 slots from 2026-11-23T18:00:20Z to 2026-11-26T00:00:20Z");
  CHECK(claimed.cycle->number == 2);
  CHECK(claimed.cycle->slot_at == at("2026-11-26T06:00:20Z"));
  CHECK(next_slot(ledger.database) == at("2026-11-26T12:00:20Z"));
  CHECK(store::cycles::slot_counts(ledger.database, "btc").total() == 11);
}

TEST_CASE("with misfire skip a slot that is long past is left out, with run_all each is made up for") {
  Ledger ledger;
  schedule::Config config;
  SUBCASE("skip") {
    config.misfire = schedule::Misfire::skip;
    set(ledger.database, [&](store::Schedule& s) { s.config = config.json(); });
    const auto claimed = claim_at(ledger.database, at("2026-11-24T10:00:00Z"));
    CHECK_FALSE(claimed.cycle);
    CHECK(claimed.skipped.at(0).slots == 3);  // 18, 00 and 06 o'clock
    CHECK(next_slot(ledger.database) == at("2026-11-24T12:00:20Z"));
  }
  SUBCASE("run_all") {
    config.misfire = schedule::Misfire::run_all;
    set(ledger.database, [&](store::Schedule& s) { s.config = config.json(); });
    for (const auto& slot : {kSlot, kSlot + 6h, kSlot + 12h}) {
      const auto claimed = claim_at(ledger.database, at("2026-11-24T10:00:00Z"));
      CHECK(claimed.cycle->slot_at == slot);
      end(ledger.database, claimed);
    }
    CHECK_FALSE(claim_at(ledger.database, at("2026-11-24T10:00:00Z")).cycle);
  }
}

TEST_CASE("a slot that was asked to be skipped is recorded, once") {
  Ledger ledger;
  set(ledger.database, [](store::Schedule& s) { s.skip_next = true; });
  const auto left_out = claim_at(ledger.database, kSlot);
  CHECK_FALSE(left_out.cycle);
  CHECK(left_out.skipped.at(0).reason == "cancelled");
  CHECK(claim_at(ledger.database, kSlot + 6h).cycle->number == 2);
}

TEST_CASE("a busy launcher's slot is recorded and not tried again") {
  Ledger ledger;
  const auto skip = [&](base::Instant now) {
    return change(ledger.database, [&](Transaction& t) {
      return schedule::skip_due(t, "btc", "launcher_busy", "pid 3990 ctt train", now);
    });
  };
  CHECK_FALSE(skip(kSlot - 1s));
  const auto skipped = skip(kSlot);
  CHECK(skipped->status == CycleStatus::skipped);
  CHECK(skipped->reason == "launcher_busy");
  CHECK(ledger.newest_types(2) ==
        std::vector<std::string>{"continuous_cycle_skipped", "continuous_status_change"});
  CHECK_FALSE(skip(kSlot));
  CHECK_FALSE(claim_at(ledger.database, kSlot).cycle);
}

TEST_CASE("a cycle out of turn leaves the next slot where it is") {
  Ledger ledger;
  set(ledger.database, [](store::Schedule& s) { s.status = store::ScheduleState::paused; });
  const auto cycle =
      change(ledger.database, [](Transaction& t) { return schedule::claim_now(t, "btc", kNoon); });
  CHECK(cycle.slot_at == kNoon);
  CHECK(next_slot(ledger.database) == kSlot);
}

TEST_CASE("a slot is not claimed over a cycle that has no end, and nothing is half done") {
  Ledger ledger;
  claim_at(ledger.database, kSlot);
  const auto error = caught([&] { claim_at(ledger.database, kSlot + 48h); });
  CHECK(error.exit_status == 75);
  CHECK(next_slot(ledger.database) == kSlot + 6h);
  CHECK(store::cycles::recent(ledger.database, "btc", 10).size() == 1);
}

TEST_CASE("a clock that jumps to and fro brings no storm of runs") {
  Ledger ledger;
  // A year ahead by mistake: one run, the rest in one row.
  const auto ahead = claim_at(ledger.database, at("2027-11-23T18:00:30Z"));
  CHECK(ahead.skipped.size() == 1);
  end(ledger.database, ahead);
  // Put right: the far slot is dropped, nothing runs now, and from then on one run a slot.
  const auto back = claim_at(ledger.database, at("2026-11-23T19:00:00Z"));
  CHECK(back.clock_went_back);
  CHECK_FALSE(back.cycle);
  CHECK(next_slot(ledger.database) == at("2026-11-24T00:00:20Z"));
  int runs = 0;
  for (auto now = at("2026-11-23T19:00:00Z"); now < at("2026-11-24T19:00:00Z"); now += 10min) {
    const auto claimed = claim_at(ledger.database, now);
    if (claimed.cycle) {
      ++runs;
      end(ledger.database, claimed);
    }
  }
  CHECK(runs == 4);  // 00, 06, 12 and 18 o'clock
}

TEST_CASE("what is due is told with the longest waiting first") {
  Ledger ledger;
  change(ledger.database, [](Transaction& t) {
    auto early = schedule_row("eth");
    early.next_cycle_at = kSlot - 1h;
    store::schedules::insert(t, early);
    auto later = schedule_row("sol");
    later.next_cycle_at = kSlot + 1h;
    store::schedules::insert(t, later);
  });
  CHECK(schedule::due_schedules(ledger.database, kSlot) == std::vector<std::string>{"eth", "btc"});
  CHECK(schedule::due_schedules(ledger.database, kSlot - 2h).empty());
}

}  // namespace ctt
