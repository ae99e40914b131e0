#include "store/events.h"

#include "store/connection.h"
#include "store/contradictions.h"
#include "store/cycle_journal.h"
#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::Event;
using store::Transaction;

namespace {

Event event(std::string type, base::Instant ts, std::string payload = "{}") {
  Event e;
  e.ts = ts;
  e.type = std::move(type);
  e.payload = std::move(payload);
  return e;
}

const store::events::EventRetention k90Days{.kept = std::chrono::days(90)};

}  // namespace

TEST_CASE("an event's frame begins with type, seq and ts, then its own fields") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  change(database, [](Transaction& t) {
    CHECK(store::events::append(t, event("hello", kNoon)) == 1);
    CHECK(store::events::append(t, event("bye", kNoon, R"({"why":"late"})")) == 2);
  });
  const auto events = store::events::since(database, 0);
  CHECK(events.at(0).json() == R"({"type":"hello","seq":1,"ts":"2026-11-23T12:00:20Z"})");
  CHECK(events.at(1).json() == R"({"type":"bye","seq":2,"ts":"2026-11-23T12:00:20Z","why":"late"})");
}

TEST_CASE("a reader goes on after the last seq it saw") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  change(database, [](Transaction& t) {
    for (int i = 0; i < 5; ++i)
      store::events::append(t, event(i % 2 == 0 ? "even" : "odd", kNoon + std::chrono::hours(i)));
  });
  CHECK(store::events::since(database, 3).size() == 2);
  CHECK(store::events::since(database, 3).front().seq == 4);
  CHECK(store::events::since(database, 0, 2).back().seq == 2);
  CHECK(store::events::since(database, 5).empty());
  store::EventQuery query;
  query.type = "odd";
  CHECK(store::events::list(database, query).size() == 2);
  query.type.reset();
  query.from = kNoon + std::chrono::hours(4);
  CHECK(store::events::list(database, query).size() == 1);
}

TEST_CASE("a seq is never used twice, not even after its event was dropped") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  change(database, [](Transaction& t) { store::events::append(t, event("old", kNoon)); });
  const auto dropped = change(database, [](Transaction& t) {
    return store::events::prune(t, k90Days, kNoon + std::chrono::days(91));
  });
  CHECK(dropped == 1);
  CHECK(store::events::last_seq(database) == 1);
  change(database, [](Transaction& t) { CHECK(store::events::append(t, event("new", kNoon)) == 2); });
}

TEST_CASE(
    "progress lasts a day, other events as long as they are to be kept, those of a cycle after its end") {
  Ledger ledger;
  const auto cycle = claim(ledger.database);
  start(ledger.database, cycle);
  change(ledger.database, [&](Transaction& t) {
    store::cycles::progress(t, cycle.id,
                            {.iteration = 1, .total_iterations = 20, .reward_mean = {}, .eta_s = {}}, kNoon);
    store::cycles::fail(t, cycle.id, "timeout", "it took too long", kNoon + std::chrono::minutes(90));
    store::events::append(t, event("other", kNoon));
  });
  const auto before = store::events::last_seq(ledger.database);
  const auto types = [&] {
    std::vector<std::string> all;
    for (const auto& e : store::events::since(ledger.database, 0)) all.push_back(e.type);
    return all;
  };

  change(ledger.database,
         [](Transaction& t) { store::events::prune(t, k90Days, kNoon + std::chrono::hours(25)); });
  CHECK(std::ranges::count(types(), "continuous_cycle_progress") == 0);
  CHECK(std::ranges::count(types(), "other") == 1);
  CHECK(store::events::complete_since(ledger.database, 0));  // progress is nobody's loss

  // The cycle ended an hour and a half after the other event: it is not 90 days over yet.
  const auto day_91 = kNoon + std::chrono::days(90) + std::chrono::hours(1);
  const auto counted = store::events::count_prunable(ledger.database, k90Days, day_91);
  CHECK(change(ledger.database, [&](Transaction& t) { return store::events::prune(t, k90Days, day_91); }) ==
        counted);
  CHECK(types() == std::vector<std::string>{"continuous_cycle_start", "continuous_cycle_failed"});
  CHECK_FALSE(store::events::complete_since(ledger.database, 0));
  CHECK_FALSE(store::events::complete_since(ledger.database, before - 1));
  CHECK(store::events::complete_since(ledger.database, before));
  CHECK(store::contradictions(ledger.database).empty());

  change(ledger.database, [&](Transaction& t) {
    store::events::prune(t, {.kept = {}}, day_91 + std::chrono::days(365));  // for ever
  });
  CHECK(types().size() == 2);
  change(ledger.database,
         [&](Transaction& t) { store::events::prune(t, k90Days, day_91 + std::chrono::days(1)); });
  CHECK(types().empty());
  CHECK(store::events::complete_since(ledger.database, before));
  CHECK(store::contradictions(ledger.database).empty());  // an old cycle misses no event
}

TEST_CASE("an event cannot be altered") {
  Ledger ledger;
  SQLite::Database& sqlite = ledger.database.connection().sqlite();
  CHECK_THROWS_WITH(sqlite.exec("UPDATE events SET type = 'x'"), "events are only ever appended");
}

}  // namespace ctt
