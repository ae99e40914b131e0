#include "schedule/recovery.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "schedule/claim.h"
#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::Transaction;

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

  const base::Home home{ledger.scratch / "home"};
  home.create();
  const auto ours = base::FileLock::try_acquire(home.training_lock(), "ctt cycle run");
  const base::ManualClock clock{kNoon};
  const auto gone = schedule::interrupted({ledger.database, home, clock});
  REQUIRE(gone.size() == 1);
  CHECK(gone[0].schedule_id == "btc");
  CHECK(gone[0].pid == child);
}

}  // namespace ctt
