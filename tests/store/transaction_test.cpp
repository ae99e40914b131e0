#include "store/transaction.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::Database;
using store::Transaction;

TEST_CASE("a transaction that is not committed never happened, its events included") {
  Ledger ledger;
  const auto seq = store::events::last_seq(ledger.database);
  {
    Transaction change(ledger.database);
    auto schedule = store::schedules::get(change, "btc");
    schedule.status = store::ScheduleState::paused;
    store::schedules::update(change, schedule, kNoon);
    CHECK(store::schedules::get(change, "btc").status == store::ScheduleState::paused);  // seen inside
  }
  CHECK(store::schedules::get(ledger.database, "btc").status == store::ScheduleState::active);
  CHECK(store::events::last_seq(ledger.database) == seq);
}

TEST_CASE("an exception inside a transaction rolls it back and frees the lock") {
  Ledger ledger;
  CHECK_THROWS_AS(change(ledger.database,
                         [](Transaction& t) {
                           store::packs::insert(t, pack("half"));
                           throw std::runtime_error("the power went");
                         }),
                  std::runtime_error);
  CHECK_FALSE(store::packs::find(ledger.database, "half"));
  Database other(ledger.scratch / "ctt.db");
  change(other, [](Transaction& t) { store::packs::insert(t, pack("whole")); });
  CHECK(store::packs::find(ledger.database, "whole"));
}

TEST_CASE("transactions do not nest and are committed once") {
  Ledger ledger;
  Transaction outer(ledger.database);
  CHECK_THROWS_AS(Transaction{ledger.database}, std::invalid_argument);
  store::packs::insert(outer, pack("kept"));
  outer.commit();
  CHECK_THROWS_AS(outer.commit(), std::invalid_argument);
  CHECK(store::packs::find(ledger.database, "kept"));
}

TEST_CASE("several reads of one view do not see what is committed between them") {
  Ledger ledger;
  Database reader(ledger.scratch / "ctt.db", store::Access::read_only);
  {
    const store::ReadTransaction view(reader);
    CHECK(store::packs::list(reader).size() == 1);
    change(ledger.database, [](Transaction& t) { store::packs::insert(t, pack("later")); });
    CHECK(store::packs::list(reader).size() == 1);
  }
  CHECK(store::packs::list(reader).size() == 2);
}

TEST_CASE("a connection is of no use to a forked child") {
  Ledger ledger;
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      Transaction refused(ledger.database);
    } catch (const std::invalid_argument&) {
      ::_exit(42);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WEXITSTATUS(status) == 42);
}

// Read, add one, write: lost updates would show in the sum.
TEST_CASE("writers of several threads take turns: no lock error, no lost update") {
  Ledger ledger;
  constexpr int kThreads = 4, kChanges = 25;
  std::atomic<int> errors = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      try {
        Database own(ledger.scratch / "ctt.db");
        for (int n = 0; n < kChanges; ++n) {
          change(own, [](Transaction& t) {
            auto schedule = store::schedules::get(t, "btc");
            ++schedule.current_cycle;
            store::schedules::update(t, schedule, kNoon);
          });
        }
      } catch (const std::exception&) {
        ++errors;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(errors == 0);
  CHECK(store::schedules::get(ledger.database, "btc").current_cycle == kThreads * kChanges);
  CHECK(ledger.database.check().empty());
}

TEST_CASE("writers of several processes take turns, and opening at once makes one schema") {
  const support::Scratch scratch;
  constexpr int kProcesses = 3, kChanges = 20;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        Database own(scratch / "ctt.db");
        for (int n = 0; n < kChanges; ++n) {
          change(own,
                 [&](Transaction& t) { store::packs::insert(t, pack(fmt::format("pack-{}-{}", i, n))); });
        }
        ::_exit(0);
      } catch (...) {
        ::_exit(1);
      }
    }
    children.push_back(child);
  }
  for (const auto child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  Database database(scratch / "ctt.db");
  CHECK(store::packs::list(database).size() == kProcesses * kChanges);
  CHECK(database.check().empty());
}

}  // namespace ctt
