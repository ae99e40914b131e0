#include "schedule/liveness.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/process.h"
#include "schedule/claim.h"
#include "schedule/recovery.h"
#include "store/sample.h"

namespace ctt {

using namespace sample;
using namespace schedule;
using store::Transaction;

namespace {

constexpr std::int64_t kHiddenPid = 4'194'304;  // above what the kernel gives: /proc shows none

/// A ledger beside a state directory whose locks a test holds.
struct Machine : Ledger {
  base::Home home{scratch / "home"};

  Machine() { home.create(); }

  /// Takes a lock and writes that `pid` did.
  static base::FileLock held_by(const std::filesystem::path& file, std::int64_t pid) {
    auto lock = base::FileLock::try_acquire(file, "ctt");
    REQUIRE(lock);
    support::write(file, pid == 0 ? "" : fmt::format("{} 2026-11-23T12:00:20Z ctt\n", pid));
    return std::move(*lock);
  }
};

store::Cycle cycle_of(std::int64_t pid, std::string process) {
  store::Cycle cycle;
  cycle.status = store::CycleStatus::running;
  cycle.pid = pid;
  cycle.process = std::move(process);
  return cycle;
}

}  // namespace

TEST_CASE("who holds its lock lives, though its process cannot be seen") {
  const Machine machine;
  const auto& home = machine.home;
  store::Experiment experiment;
  experiment.pid = kHiddenPid;
  store::LiveSession session;
  session.schedule_id = "btc";
  session.pid = kHiddenPid;
  const auto cycle = cycle_of(kHiddenPid, "boot/1");
  CHECK_FALSE(is_alive(home, cycle));
  CHECK_FALSE(is_alive(home, experiment));
  CHECK_FALSE(is_alive(home, session));

  const auto training = Machine::held_by(home.training_lock(), kHiddenPid);
  CHECK(is_alive(home, cycle));
  CHECK(is_alive(home, experiment));
  CHECK_FALSE(is_alive(home, session));
  const auto trader = Machine::held_by(home.trader_lock("btc"), kHiddenPid);
  CHECK(is_alive(home, session));
  session.status = store::SessionStatus::stopped;
  CHECK_FALSE(is_alive(home, session));
}

TEST_CASE("a lock that another process holds keeps nobody else alive") {
  const Machine machine;
  const auto lock = Machine::held_by(machine.home.training_lock(), ::getpid());
  CHECK_FALSE(is_alive(machine.home, cycle_of(kHiddenPid, "boot/1")));
  CHECK(is_alive(machine.home, cycle_of(::getpid(), base::ProcessId::current().text())));
  // A pid that is ours by now: the boot and the starting time tell.
  CHECK_FALSE(is_alive(machine.home, cycle_of(::getpid(), "another-boot/12345")));
}

TEST_CASE("a holder that could not be written down is taken for the one that is asked about") {
  const Machine machine;
  const auto lock = Machine::held_by(machine.home.training_lock(), 0);
  CHECK(is_alive(machine.home, cycle_of(kHiddenPid, "boot/1")));
}

TEST_CASE("a running cycle is asked to stop by the process that drives it, and by no other") {
  Machine machine;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t worker = ::fork();
  if (worker == 0) {
    ::signal(SIGTERM, SIG_DFL);
    const auto lock = base::FileLock::try_acquire(machine.home.training_lock(), "ctt cycle run");
    const bool told = ::write(ready[1], "y", 1) == 1;
    ::pause();
    ::_exit(told ? 0 : 1);
  }
  char told = 0;
  REQUIRE(::read(ready[0], &told, 1) == 1);
  CHECK_FALSE(ask_to_stop(machine.home, cycle_of(::getpid(), base::ProcessId::current().text())));
  CHECK(ask_to_stop(machine.home, cycle_of(worker, base::ProcessId::find(worker)->text())));
  int status = 0;
  ::waitpid(worker, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK_FALSE(ask_to_stop(machine.home, cycle_of(worker, "boot/1")));
}

}  // namespace ctt
