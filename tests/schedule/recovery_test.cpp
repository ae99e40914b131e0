#include "schedule/recovery.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schedule/claim.h"
#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::Transaction;

TEST_CASE("a process is known by more than its pid") {
  const auto mine = schedule::process_identity(::getpid());
  CHECK(schedule::is_alive(::getpid(), mine));
  CHECK_FALSE(schedule::is_alive(::getpid(), "another-boot/12345"));
  CHECK_FALSE(schedule::is_alive(::getpid(), ""));
  CHECK_FALSE(schedule::is_alive(0, mine));
}

TEST_CASE("a process that has ended is gone, even while nobody has waited for it") {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const auto identity = schedule::process_identity(child);
  CHECK(schedule::is_alive(child, identity));
  ::kill(child, SIGKILL);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);  // a zombie now
  CHECK_FALSE(schedule::is_alive(child, identity));
  ::waitpid(child, nullptr, 0);
  CHECK_FALSE(schedule::is_alive(child, identity));
}

TEST_CASE("a killed run's cycle is found, a living one's is not") {
  Ledger ledger;
  change(ledger.database, [](Transaction& t) { store::schedules::insert(t, schedule_row("eth")); });
  const pid_t child = ::fork();
  if (child == 0) {
    store::Database own(ledger.scratch / "ctt.db");
    change(own, [](Transaction& t) { schedule::claim_now(t, "btc", kNoon); });
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  change(ledger.database, [](Transaction& t) { schedule::claim_now(t, "eth", kNoon); });

  const auto gone = schedule::interrupted(ledger.database);
  REQUIRE(gone.size() == 1);
  CHECK(gone[0].schedule_id == "btc");
  CHECK(gone[0].pid == child);
}

}  // namespace ctt
