#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cmd/schedule/delete.h"
#include "cmd/schedule/start.h"
#include "cmd/schedule/status.h"
#include "cmd/schedule/stop.h"
#include "cmd/schedule/switch.h"
#include "cmd/schedule/update.h"
#include "cmd/trade/status.h"

#include <thread>

#include "base/files.h"
#include "base/process.h"
#include "cycle/plan.h"
#include "policy/checkpoint.h"
#include "schedule/claim.h"
#include "schedule/config.h"
#include "schedule/liveness.h"
#include "store/cycle_journal.h"
#include "store/deployments.h"
#include "store/live_sessions.h"
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

// A desk with an experiment `base`, whose checkpoint is what pack `p` makes of dataset `d`.
struct Trained : support::Desk {
  Trained() {
    const std::string pack = R"({"model":{"fcnet_hiddens":[4]},"window_size":3})";
    auto dataset = sample::dataset("d");
    policy::Checkpoint checkpoint;
    checkpoint.contract = cycle::contract_made_by(training::Pack::parse(pack, "pack p"),
                                                  features::FeatureSet::parse(dataset.features), "BTC/USD",
                                                  market::Timeframe());
    checkpoint.weights.assign(checkpoint.contract.network.parameter_count(), 0.0F);
    checkpoint.probes.push_back({std::vector<float>(checkpoint.contract.network.inputs),
                                 std::vector<float>(checkpoint.contract.network.actions)});
    const auto sha256 = policy::publish(policy::encode(checkpoint), home.models());
    change([&](store::Transaction& change) {
      auto p = sample::pack("p");
      p.config = pack;
      store::packs::insert(change, p);
      store::datasets::insert(change, dataset);
      auto base = sample::experiment("exp-000000000001", "base");
      base.config = R"({"learning_rate":0.001})";
      store::experiments::insert(change, base);
      store::experiments::finish(change, base.id,
                                 {.status = store::ExperimentStatus::completed,
                                  .final_metrics = {},
                                  .checkpoint_sha256 = sha256,
                                  .message = {}},
                                 sample::kNoon);
    });
  }
};

ScheduleStart start_of_btc() {
  ScheduleStart start;
  start.base = "base";
  start.dataset = "d";
  start.pack = "p";
  start.schedule_name = "btc";
  start.window = 2000;
  start.data_policy = {"hole=block"};
  return start;
}

}  // namespace

TEST_CASE("starting an active schedule with its own settings is success and changes nothing") {
  Trained desk;
  REQUIRE(desk.run(start_of_btc()) == 0);
  CHECK(desk.out().starts_with("Schedule btc is active.\n"));
  CHECK(desk.run(start_of_btc()) == 0);
  CHECK(desk.out().starts_with("Schedule btc is active already; nothing changed.\n"));
  CHECK(desk.json(start_of_btc()).boolean("already_active", false));
}

TEST_CASE("a schedule says which costs it was started with, and whose they are") {
  Trained desk;
  SUBCASE("those of a dataset from Alpaca") {
    REQUIRE(desk.run(start_of_btc()) == 0);
    CHECK(desk.out().find(
              "costs       alpaca-tier1 (commission 25 bp, half spread 4.5 bp), from dataset d\n") !=
          std::string::npos);
  }
  SUBCASE("those asked for") {
    auto start = start_of_btc();
    start.costs = "alpaca-tier2";
    REQUIRE(desk.run(start) == 0);
    CHECK(desk.out().find("costs       alpaca-tier2 (commission 22 bp, half spread 4.5 bp), as asked\n") !=
          std::string::npos);
    CHECK(market::read_costs(desk.json(start).at("costs")) == market::Costs{0.0022, 0.00045});
    start.costs = "free";
    CHECK(desk.refusal(start).exit_status == 5);
  }
}

TEST_CASE("starting an active schedule with other settings is refused with those it has") {
  Trained desk;
  REQUIRE(desk.run(start_of_btc()) == 0);
  auto other = start_of_btc();
  SUBCASE("settings that an update changes") {
    other.window = 500;
    other.interval = "90m";
    other.auto_deploy = false;
    other.data_policy = {};
    try {
      desk.run(other);
      FAIL("it was taken");
    } catch (const base::Error& error) {
      CHECK(base::exit_status(error.failure()) == 5);
      CHECK(error.what() == std::string("schedule btc is active with other settings"));
      CHECK(error.why() ==
            "it has interval 6h, not 90m; window 2000, not 500; holdout 200, not 50; auto-deploy true, not "
            "false; data-policy hole=block, not fill");
      CHECK(error.fixes() ==
            std::vector<std::string>{"ctt schedule update --schedule btc --interval 90m --window 500 "
                                     "--holdout 50 --no-auto-deploy --data-policy hole=fill"});
    }
  }
  SUBCASE("another pack, which takes a stop") {
    desk.change([](store::Transaction& change) {
      auto same = store::packs::get(change, "p");
      same.id = same.name = "q";
      store::packs::insert(change, same);
    });
    other.pack = "q";
    const auto refusal = desk.refusal(other);
    CHECK(refusal.exit_status == 5);
    CHECK(refusal.fix == "ctt schedule stop --schedule btc");
  }
  SUBCASE("a dry run is refused as well") {
    other.gate = "none";
    Globals dry;
    dry.dry_run = true;
    CHECK(desk.refusal(other, dry).exit_status == 5);
  }
  CHECK(desk.run(start_of_btc()) == 0);  // nothing was changed
}

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

TEST_CASE("an update of the costs is stored, and shown in words that say what they are") {
  Clockwork desk;
  ScheduleUpdate update;
  update.costs = "alpaca-tier2";
  CHECK(desk.run(update) == 0);
  CHECK(desk.out().find("costs        the pack's -> alpaca-tier2 (commission 22 bp, half spread 4.5 bp)") !=
        std::string::npos);
  CHECK(desk.config().costs == market::Costs{0.0022, 0.00045});
  update.costs = "cheap";
  CHECK(desk.refusal(update).exit_status == 2);
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

TEST_CASE("a schedule is deleted when it is stopped and somebody says yes, and its models stay") {
  Clockwork desk;
  cmd::Globals sure;
  sure.yes = true;
  ScheduleDelete command;
  command.schedule = "btc";
  CHECK_THROWS_WITH_AS(desk.run(command, sure), "schedule btc is active; stop it first", base::Error);
  desk.run(ScheduleStop());
  {
    store::Database database(desk.home.database());
    sample::change(database, [](store::Transaction& change) {
      store::Model model;
      model.sha256 = sample::sha('a');
      model.origin = "base";
      model.schedule_id = "btc";
      store::models::publish(change, model);
    });
  }
  CHECK(desk.run(command, sure) == 0);
  CHECK(desk.out() == "Schedule btc is deleted, with 0 cycles, 0 sessions and 0 fills.\n");
  store::Database database(desk.home.database());
  CHECK_FALSE(store::schedules::find(database, "btc"));
  CHECK_FALSE(store::models::find(database, 1).value().schedule_id);
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
  CHECK(desk.out().find("critical: a cycle has been due for") != std::string::npos);
  SUBCASE("an age of its own") {
    Clockwork fresh;
    fresh.clock.advance(5h);
    CHECK(fresh.run(status) == 0);
    status.max_age = "2h";
    CHECK(fresh.run(status) == 10);
    CHECK(fresh.out().find("warning: no cycle has completed in") != std::string::npos);
  }
}

TEST_CASE("a check exits 10 when the trader that should run is gone, or may not trade, and says so") {
  Clockwork desk;
  ScheduleStatus status;
  status.check = true;
  desk.change([](store::Transaction& change) {
    store::LiveSession session;
    session.id = "live-000000000001";
    session.schedule_id = "btc";
    session.symbol = "BTC/USD";
    session.timeframe = "1h";
    session.pid = ::getpid();
    session.started_at = sample::kNoon;
    store::live_sessions::insert(change, session);
  });
  {
    const auto lock = base::FileLock::try_acquire(desk.home.trader_lock("btc"), "ctt trade");
    CHECK(desk.run(status) == 0);
    desk.change([](store::Transaction& change) {
      auto row = store::schedules::get(change, "btc");
      row.trader_state = store::TraderState::halted;
      store::schedules::update(change, row, sample::kNoon);
    });
    CHECK(desk.run(status) == 10);
    CHECK(desk.out().find("the trader of btc is halted") != std::string::npos);
  }
  CHECK(desk.run(status) == 10);
  CHECK(desk.out().find("the trader of btc is gone without a word") != std::string::npos);
  status.check = false;
  CHECK(desk.run(status) == 0);
  auto item = desk.json(status).at("items").as_array().at(0).as_object();
  CHECK_FALSE(item.boolean("trader_running", true));
  auto verdict = item.at("verdict").as_object();
  CHECK(verdict.string("level") == "critical");
  CHECK(verdict.string("condition") == "trader_gone");
  CHECK(verdict.string("command") == "ctt trade --schedule btc");
  CHECK(verdict.at("conditions").as_array().size() == 2);  // and halted
}

TEST_CASE("a replay that serves the desired model is said as such, neither as a trader nor as none") {
  Clockwork desk;
  desk.change([](store::Transaction& change) {
    store::deployments::request(
        change, {.schedule_id = "btc", .model_version = 1, .cycle_number = {}, .reason = {}}, sample::kNoon);
    store::deployments::confirm(change, "btc", sample::sha('a'), sample::kNoon);
    store::LiveSession session;
    session.id = "live-000000000001";
    session.schedule_id = "btc";
    session.symbol = "BTC/USD";
    session.timeframe = "1h";
    session.replay = true;
    session.model_version = 1;
    session.started_at = sample::kNoon;
    store::live_sessions::insert(change, session);
  });
  const auto says = [&](auto command) {
    desk.run(command);
    return desk.out();
  };
  {
    const auto lock = base::FileLock::try_acquire(desk.home.session_lock("live-000000000001"), "ctt trade");
    CHECK(says(ScheduleStatus{}).find("v1, served by a replay, hash aaaaaaaa") != std::string::npos);
    CHECK(says(TradeStatus{}).find("A replay of btc runs (live-000000000001) and serves v1") !=
          std::string::npos);
  }
  CHECK(says(ScheduleStatus{}).find("v1, no trader of an account runs; one took it") != std::string::npos);
  CHECK(says(TradeStatus{}).find("A replay of btc runs") == std::string::npos);
}

TEST_CASE("a check exits 10 when the running cycle has lost its process, whoever has its pid by now") {
  Clockwork desk;
  ScheduleStatus status;
  status.check = true;
  desk.change([](store::Transaction& change) {
    store::cycles::claim(change,
                         {.schedule_id = "btc",
                          .slot_at = sample::kNoon,
                          .pid = ::getpid(),  // of a process that lives, and runs no cycle
                          .process = "another-boot/1",
                          .parent_model_version = {}},
                         sample::kNoon);
  });
  CHECK(desk.run(status) == 10);
  CHECK(desk.out().find("critical: cycle 1 was left by its process (pid " + std::to_string(::getpid()) +
                        "), which is gone") != std::string::npos);
  CHECK(desk.out().find("fix: ctt cycle run --schedule btc") != std::string::npos);
  SUBCASE("a lock that somebody else holds does not bring it back") {
    const auto lock = base::FileLock::try_acquire(desk.home.training_lock(), "ctt train");
    CHECK(desk.run(status) == 10);
  }
  SUBCASE("of a paused schedule nothing is expected") {
    desk.change([](store::Transaction& change) {
      auto row = store::schedules::get(change, "btc");
      row.status = store::ScheduleState::paused;
      store::schedules::update(change, row, sample::kNoon);
    });
    CHECK(desk.run(status) == 0);
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
    const auto lock = base::FileLock::try_acquire(desk.home.training_lock(), "ctt cycle run");
    ::pause();  // SIGTERM ends it
    ::_exit(0);
  }
  ::signal(SIGTERM, handler);
  while (!base::FileLock::is_held(desk.home.training_lock())) std::this_thread::yield();
  store::Database database(desk.home.database());
  sample::change(database, [&](store::Transaction& change) {
    store::cycles::claim(change,
                         {.schedule_id = "btc",
                          .slot_at = sample::kNoon,
                          .pid = worker,
                          .process = base::ProcessId::find(worker)->text(),
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
  CHECK(desk.row().status == store::ScheduleState::idle);
}
