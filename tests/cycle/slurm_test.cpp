// What is Slurm's own: submitting, journal, jobs that are lost, taking over. How trainings end is in launcher_test.
#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <unistd.h>

#include "base/error.h"
#include "cycle/left_jobs.h"
#include "cycle/reproduce.h"
#include "cycle/slurm_commands.h"
#include "fake_slurm.h"
#include "rig.h"
#include "store/experiments.h"
#include "store/models.h"
#include "support/scratch.h"

using namespace ctt;
using namespace ctt::cycle;
using namespace std::chrono_literals;
using Outcome = LaunchResult::Outcome;
using store::CycleStatus;

namespace {

const RunOptions kNow{.schedule_id = "s", .now = true, .deploy = true, .window_end = {}};

// A rig whose schedule has begun and whose cycles run in Slurm.
struct SlurmRig : Rig {
  FakeSlurm slurm{scratch / "slurm"};
  std::shared_ptr<Launcher> launcher = std::make_shared<SlurmLauncher>(home, FakeSlurm::options());

  SlurmRig() {
    begin(Rig::config());
    clock.advance(1min);
  }
  CycleContext with_slurm() {
    auto with = context();
    with.launch.launcher = launcher;
    return with;
  }
  store::Cycle run_cycle() {
    const auto report = run(with_slurm(), kNow);
    REQUIRE(report.cycles.size() == 1);
    return report.cycles[0];
  }
  std::size_t journaled() { return SlurmJournal(home).all().size(); }
};

bool holds(const std::optional<std::string>& text, std::string_view part) {
  return text.value_or("").find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a cycle as a job of Slurm's makes the checkpoint that it makes as a child, and leaves nothing") {
  SlurmRig rig;
  const auto in_slurm = rig.run_cycle();
  CHECK(in_slurm.status == CycleStatus::completed);
  CHECK(rig.journaled() == 0);
  CHECK(std::filesystem::is_empty(rig.home.jobs()));
  CHECK(rig.slurm.states() == std::vector<std::string>{"COMPLETED"});
  CHECK(rig.slurm.words(1).find("--partition=short") != std::string::npos);
  CHECK(rig.slurm.words(1).find("--requeue") != std::string::npos);

  const auto lock = TrainingLock::try_acquire(rig.home, "test");
  const auto as_child =
      reproduce(rig.context(), *lock, in_slurm, rig.scratch / "again", rig.context().launch);
  CHECK(as_child.same());
}

TEST_CASE("a job that sbatch submitted without hearing its id is found by its name: never two for one slot") {
  SlurmRig rig;
  rig.slurm.set("deaf");
  CHECK(rig.run_cycle().status == CycleStatus::completed);
  CHECK(rig.slurm.states().size() == 1);
}

TEST_CASE("a job that Slurm refuses fails its cycle with Slurm's words") {
  SlurmRig rig;
  rig.slurm.set("no");
  const auto cycle = rig.run_cycle();
  CHECK(cycle.status == CycleStatus::failed);
  CHECK(holds(cycle.message,
              "Slurm refused: sbatch: error: Batch job submission failed: Invalid partition name"));
  CHECK(rig.journaled() == 0);
}

TEST_CASE("a training that its node lost runs again, three times at most") {
  SlurmRig rig;
  SUBCASE("once") {
    rig.slurm.set("end", "NODE_FAIL 1");
    CHECK(rig.run_cycle().status == CycleStatus::completed);
    CHECK(rig.slurm.states() == std::vector<std::string>{"NODE_FAIL", "COMPLETED"});
  }
  SUBCASE("forgotten by a controller that was killed") {
    rig.slurm.set("pending");
    auto with = rig.with_slurm();
    int looks = 0;
    with.launch.stop_count = [&] {
      if (++looks == 5) rig.slurm.unset("1.job");
      if (looks == 10) rig.slurm.unset("pending");
      return 0;
    };
    CHECK(run(with, kNow).cycles.at(0).status == CycleStatus::completed);
  }
  SUBCASE("always") {
    rig.slurm.set("end", "PREEMPTED 9");
    const auto cycle = rig.run_cycle();
    CHECK(cycle.status == CycleStatus::failed);
    CHECK(holds(cycle.message, "Slurm job 4: PREEMPTED"));
    CHECK(rig.slurm.states().size() == 4);
  }
}

TEST_CASE("the state that Slurm gave a killed learner is recorded with its last words") {
  SlurmRig rig;
  const Behaviour dies("die");
  rig.slurm.set("as", "OUT_OF_MEMORY");
  const auto cycle = rig.run_cycle();
  CHECK(cycle.status == CycleStatus::failed);
  CHECK(
      cycle.message ==
      "the learner ended without a result (Slurm job 1: OUT_OF_MEMORY, killed by signal 9): cannot allocate "
      "memory");
}

TEST_CASE("what a learner saved because Slurm ended it early is no training") {
  SlurmRig rig;
  const Behaviour cut("cut");
  SUBCASE("at the time limit") {
    rig.slurm.set("as", "TIMEOUT");
    const auto cycle = rig.run_cycle();
    CHECK(cycle.reason == "timeout");
    CHECK(cycle.message == "the training was cut short (Slurm job 1: TIMEOUT, exit 143)");
  }
  SUBCASE("for another job: it runs again, three times at most") {
    rig.slurm.set("as", "PREEMPTED");
    const auto cycle = rig.run_cycle();
    CHECK(cycle.status == CycleStatus::failed);
    CHECK(cycle.message == "the training was cut short (Slurm job 4: PREEMPTED, exit 143)");
  }
}

TEST_CASE("a training that Slurm ended at its own time limit is recorded as timeout") {
  SlurmRig rig;
  rig.slurm.set("end", "TIMEOUT 1");
  const auto cycle = rig.run_cycle();
  CHECK(cycle.reason == "timeout");
  CHECK(holds(cycle.message, "Slurm job 1: TIMEOUT"));
}

TEST_CASE(
    "a job that waits in the queue is cancelled when the operator stops, and its waiting is not its "
    "deadline") {
  SlurmRig rig;
  rig.slurm.set("pending");
  auto with = rig.with_slurm();
  with.launch.deadline = 1s;
  const auto begun = std::chrono::steady_clock::now();
  with.launch.stop_count = [&] { return std::chrono::steady_clock::now() - begun > 2s ? 1 : 0; };
  const auto cycle = run(with, kNow).cycles.at(0);
  CHECK(cycle.status == CycleStatus::cancelled);
  CHECK(rig.slurm.states() == std::vector<std::string>{"CANCELLED"});
}

TEST_CASE("while Slurm does not answer a training goes on") {
  SlurmRig rig;
  auto with = rig.with_slurm();
  with.launch.on_started = [&] { rig.slurm.set("down"); };
  int looks = 0;
  with.launch.stop_count = [&] {
    if (++looks == 8) rig.slurm.unset("down");
    return 0;
  };
  CHECK(run(with, kNow).cycles.at(0).status == CycleStatus::completed);
}

TEST_CASE(
    "an operator who stops while Slurm does not answer is not kept waiting, and the job is not forgotten") {
  SlurmRig rig;
  const Behaviour hangs("hang");
  auto with = rig.with_slurm();
  int stops = 0;
  with.launch.on_started = [&] {
    rig.slurm.set("down");
    stops = 1;
  };
  with.launch.stop_count = [&] { return stops; };
  const auto cycle = run(with, kNow).cycles.at(0);
  CHECK(cycle.status == CycleStatus::failed);
  CHECK(holds(cycle.message, "the Slurm job 1 is left to the next run, because it cannot be reached"));
  CHECK(rig.journaled() == 1);
  rig.slurm.unset("down");
  end_left_jobs(rig.home);
  CHECK(rig.slurm.states() == std::vector<std::string>{"CANCELLED"});
}

namespace {

struct Killed {};

// As a kill leaves it once the job is submitted: the rows say `running`, the entry is in the journal.
void kill_after_submit(SlurmRig& rig) {
  auto with = rig.with_slurm();
  with.launch.on_started = [] { throw Killed(); };
  CHECK_THROWS_AS(run(with, kNow), Killed);
  REQUIRE(store::cycles::all_running(*rig.database).size() == 1);
  REQUIRE(rig.journaled() == 1);
  // This process lives on; the row is given one that does not.
  SQLite::Database(rig.home.database().string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE cycles SET pid = 999999999, process = 'gone'");
}

void forget_id(SlurmRig& rig) {
  const SlurmJournal journal(rig.home);
  auto entry = journal.all().at(0);
  entry.id.clear();
  journal.write(entry);
}

}  // namespace

TEST_CASE("the next run takes over the job of a run that was killed, and finishes its cycle") {
  SlurmRig rig;
  kill_after_submit(rig);
  SUBCASE("after the id was journaled") {}
  SUBCASE("before the id was journaled") { forget_id(rig); }
  SUBCASE("whatever the settings say by now") { rig.launcher = local_launcher(); }
  auto with = rig.with_slurm();
  std::int64_t asked = 0;  // whom `ctt cycle cancel` would ask while the job is waited for
  with.launch.on_started = [&] {
    for (const auto& cycle : store::cycles::all_running(*rig.database)) asked = cycle.pid;
  };
  const auto report = run(with, {.schedule_id = "s", .now = false, .deploy = true, .window_end = {}});
  REQUIRE_FALSE(report.cycles.empty());
  CHECK(report.cycles[0].status == CycleStatus::completed);
  CHECK(report.cycles[0].iterations_done == 2);
  CHECK(asked == getpid());
  CHECK(rig.slurm.states().size() == report.cycles.size());
  CHECK(rig.journaled() == 0);
  CHECK(std::filesystem::is_empty(rig.home.jobs()));
}

TEST_CASE(
    "a run that was killed before its job was submitted has its cycle closed, and nothing is submitted for "
    "it") {
  SlurmRig rig;
  rig.slurm.set("pending");
  kill_after_submit(rig);
  forget_id(rig);
  rig.slurm.unset("1.job");
  auto with = rig.with_slurm();
  with.launch.stop_count = [&] { return rig.journaled() == 0 ? 1 : 0; };
  const auto cycle = run(with, kNow).cycles.at(0);
  CHECK(cycle.status == CycleStatus::failed);
  CHECK(cycle.message == "its process ended before the job was submitted to Slurm");
  rig.slurm.unset("pending");
}

TEST_CASE("the job that a killed training left is ended before its experiment is closed") {
  SlurmRig rig;
  const Behaviour hangs("hang");
  kill_after_submit(rig);
  const auto unfinished = rig.home.root / "slurm/.tmp-999999999.1-exp-1.json";
  support::write(unfinished, "{");
  close_orphans(rig.context(), *local_launcher());
  CHECK_FALSE(std::filesystem::exists(unfinished));
  CHECK(rig.slurm.states() == std::vector<std::string>{"CANCELLED"});
  CHECK(rig.journaled() == 0);
  CHECK(std::filesystem::is_empty(rig.home.jobs()));
  CHECK(store::experiments::list(*rig.database,
                                 {.status = store::ExperimentStatus::running, .script = {}, .tag = {}})
            .empty());
}

TEST_CASE("nothing is trained while a job that was left cannot be ended") {
  SlurmRig rig;
  const Behaviour hangs("hang");
  kill_after_submit(rig);
  rig.slurm.set("down");
  CHECK_THROWS_WITH_AS(close_orphans(rig.context(), *local_launcher()),
                       doctest::Contains("of an earlier run cannot be ended"), base::Error);
  CHECK(rig.journaled() == 1);
  rig.slurm.unset("down");
  end_left_jobs(rig.home);
}

TEST_CASE("job folders stand on the share, apart from those of other state directories") {
  Rig rig;
  SlurmOptions options;
  options.share = rig.scratch / "share";
  const SlurmLauncher launcher(rig.home, options);
  const FakeSlurm slurm(rig.scratch / "slurm");
  CHECK_THROWS_WITH_AS(launcher.require({}, training::Compute{}),
                       doctest::Contains("slurm.share is not there"), base::Error);
  base::make_directory(options.share);
  CHECK_NOTHROW(launcher.require({}, training::Compute{}));
  CHECK(launcher.jobs(rig.home).parent_path() == options.share);
  const base::Home other{rig.scratch / "other"};
  CHECK(launcher.jobs(rig.home) != SlurmLauncher(other, options).jobs(other));
}

TEST_CASE("a command of Slurm's that hangs is given up") {
  const support::Scratch scratch;
  const FakeSlurm slurm(scratch / "slurm");
  const auto hanging = scratch / "bin";
  base::make_directory(hanging);
  support::write(hanging / "squeue", "#!/bin/sh\nexec sleep 60\n");
  std::filesystem::permissions(hanging / "squeue", std::filesystem::perms::owner_all);
  const std::string path = getenv("PATH");
  setenv("PATH", (hanging.string() + ":" + path).c_str(), 1);
  CHECK_THROWS_WITH_AS(SlurmCommands(1s).jobs("x"), "Slurm does not answer: squeue: no answer in 1 s",
                       base::Error);
  setenv("PATH", path.c_str(), 1);
}
