#include "store/cycles.h"

#include "store/cycle_journal.h"
#include "store/deployments.h"
#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::CycleStatus;
using store::Step;
using store::Transaction;
namespace cycles = store::cycles;

namespace {

std::int64_t publish(Transaction& t, char digit, const store::Cycle& cycle) {
  store::Model model;
  model.sha256 = sha(digit);
  model.origin = "cycle";
  model.parent_version = 1;
  model.cycle_id = cycle.id;
  model.schedule_id = "btc";
  model.published_at = kNoon;
  return store::models::publish(t, model);
}

}  // namespace

TEST_CASE("a cycle's way from claim to completion, with the events of the contract") {
  Ledger ledger;
  auto& database = ledger.database;
  const auto seq = store::events::last_seq(database);
  const auto cycle = claim(database);
  CHECK(cycle.number == 1);
  CHECK(cycle.status == CycleStatus::running);
  CHECK(store::events::last_seq(database) == seq);  // nobody is told before the window is known
  change(database, [&](Transaction& t) {
    cycles::enter(t, cycle.id, Step::fetch, kNoon);
    cycles::enter(t, cycle.id, Step::train, kNoon);
  });
  start(database, cycle);
  CHECK(
      ledger.newest_event().json() ==
      fmt::format(
          R"({{"type":"continuous_cycle_start","seq":{},"ts":"2026-11-23T12:00:20Z","schedule_id":"btc",)"
          R"("cycle_number":1,"experiment_id":"exp-000000000002","window_start":"2026-10-12T20:00:00Z",)"
          R"("window_end":"2026-11-23T11:00:00Z","parent_model_version":1,"total_iterations":20,"bars":1000}})",
          store::events::last_seq(database)));
  CHECK(cycles::get(database, cycle.id).start_seq == store::events::last_seq(database));

  change(database, [&](Transaction& t) {
    cycles::progress(t, cycle.id, {.iteration = 14, .total_iterations = 20, .reward_mean = 0.25, .eta_s = 41},
                     kNoon);
  });
  CHECK(ledger.newest_event().payload ==
        R"({"schedule_id":"btc","cycle_number":1,"iteration":14,"total_iterations":20,"phase":"train",)"
        R"("reward_mean":0.25,"eta_s":41.0})");

  change(database, [&](Transaction& t) {
    cycles::set_candidate(t, cycle.id, sha('b'));
    cycles::enter(t, cycle.id, Step::publish, kNoon);
    const auto version = publish(t, 'b', cycle);
    store::CycleResult result;
    result.model_version = version;
    result.decision = store::Decision::deployed;
    result.metrics = R"({"reward_mean":0.25,"pnl":41.2})";
    cycles::complete(t, cycle.id, result, kNoon + std::chrono::minutes(4));
  });
  CHECK(ledger.newest_types(2) ==
        std::vector<std::string>{"continuous_cycle_progress", "continuous_cycle_complete"});
  CHECK(ledger.newest_event().payload ==
        fmt::format(
            R"({{"schedule_id":"btc","cycle_number":1,"experiment_id":"exp-000000000002",)"
            R"("checkpoint_path":"models/v2","metrics":{{"reward_mean":0.25,"pnl":41.2}},"model_version":2,)"
            R"("decision":"deployed","decision_reason":null,"checkpoint_sha256":"{}"}})",
            sha('b')));
  const auto ended = cycles::get(database, "btc", 1);
  CHECK(ended.status == CycleStatus::completed);
  CHECK(ended.finished_at == kNoon + std::chrono::minutes(4));
  CHECK(ended.iterations_done == 14);
  CHECK(ended.parent_experiment_id == "exp-000000000001");
  CHECK(ended.candidate_sha256 == sha('b'));
  CHECK(store::models::get(database, "v2").cycle_number == 1);
  CHECK(store::schedules::get(database, "btc").current_cycle == 1);
  CHECK(store::schedules::get(database, "btc").last_cycle_at == kNoon);
}

TEST_CASE("a schedule has one running cycle at a time") {
  Ledger ledger;
  const auto first = claim(ledger.database);
  const auto second = caught([&] { claim(ledger.database); });
  CHECK(second.exit_status == 75);
  CHECK(second.sentence == "cycle 1 of btc is still running (pid 812)");
  change(ledger.database, [&](Transaction& t) { cycles::fail(t, first.id, "internal", "killed", kNoon); });
  CHECK(claim(ledger.database).number == 2);
  CHECK(cycles::running(ledger.database, "btc")->number == 2);
  CHECK(cycles::all_running(ledger.database).size() == 1);
}

TEST_CASE("a cycle ends once") {
  Ledger ledger;
  const auto cycle = claim(ledger.database);
  start(ledger.database, cycle);
  change(ledger.database,
         [&](Transaction& t) { cycles::cancel(t, cycle.id, "stopped by the operator", kNoon); });
  CHECK(ledger.newest_event().payload ==
        R"({"schedule_id":"btc","cycle_number":1,"experiment_id":"exp-000000000002","reason":"cancelled",)"
        R"("message":"stopped by the operator"})");
  const auto late = [&](auto work) { return caught([&] { change(ledger.database, work); }).exit_status; };
  CHECK(late([&](Transaction& t) { cycles::complete(t, cycle.id, {}, kNoon); }) == 5);
  CHECK(late([&](Transaction& t) { cycles::fail(t, cycle.id, "timeout", "", kNoon); }) == 5);
  CHECK(late([&](Transaction& t) { cycles::enter(t, cycle.id, Step::deploy, kNoon); }) == 5);
  CHECK(cycles::get(ledger.database, cycle.id).status == CycleStatus::cancelled);
}

TEST_CASE("skipped slots have a row and one event, and a claim may still be given up as skipped") {
  Ledger ledger;
  change(ledger.database, [](Transaction& t) {
    cycles::skip(t,
                 {.schedule_id = "btc",
                  .slot_at = kNoon,
                  .slots = 1,
                  .reason = "launcher_busy",
                  .message = "pid 3990 ctt train"},
                 kNoon);
  });
  CHECK(ledger.newest_event().payload ==
        R"({"schedule_id":"btc","cycle_number":1,"reason":"launcher_busy","message":"pid 3990 ctt train"})");

  const auto claimed = claim(ledger.database);
  change(ledger.database,
         [&](Transaction& t) { cycles::give_up(t, claimed.id, "data_blocked", "7 bars missing", kNoon); });
  CHECK(ledger.newest_types(2) ==
        std::vector<std::string>{"continuous_cycle_skipped", "continuous_cycle_skipped"});

  const auto started = claim(ledger.database);
  start(ledger.database, started);
  CHECK_THROWS_AS(
      change(ledger.database, [&](Transaction& t) { cycles::give_up(t, started.id, "x", "y", kNoon); }),
      std::invalid_argument);
}

TEST_CASE("history shows when a cycle's model served and which one serves now") {
  Ledger ledger;
  auto& database = ledger.database;
  for (const char digit : {'b', 'c'}) {
    const auto cycle = claim(database);
    start(database, cycle);
    change(database, [&](Transaction& t) {
      store::CycleResult result;
      result.model_version = publish(t, digit, cycle);
      result.decision = store::Decision::deployed;
      cycles::complete(t, cycle.id, result, kNoon);
      store::deployments::request(t,
                                  {.schedule_id = "btc",
                                   .model_version = *result.model_version,
                                   .cycle_number = cycle.number,
                                   .cause = {},
                                   .reason = {}},
                                  kNoon);
      store::deployments::confirm(t, "btc", sha(digit), kNoon + std::chrono::minutes(cycle.number));
    });
  }
  change(database, [](Transaction& t) {
    cycles::skip(
        t, {.schedule_id = "btc", .slot_at = kNoon, .slots = 3, .reason = "missed", .message = "asleep"},
        kNoon);
  });
  const auto history = cycles::history(database, {});
  REQUIRE(history.size() == 3);
  CHECK(history[0].cycle.reason == "missed");
  CHECK_FALSE(history[0].deployed_at);
  CHECK(history[1].live);
  CHECK(history[1].deployed_at == kNoon + std::chrono::minutes(2));
  CHECK_FALSE(history[1].undeployed_at);
  CHECK_FALSE(history[2].live);
  CHECK(history[2].undeployed_at == kNoon + std::chrono::minutes(2));
  CHECK(history[2].checkpoint_sha256 == sha('b'));
  CHECK(cycles::last_completed(database, "btc")->number == 2);

  store::HistoryQuery query;
  query.schedule_id = "btc";
  query.result = CycleStatus::completed;
  query.before = 2;
  CHECK(cycles::history(database, query).size() == 1);
  CHECK(cycles::count(database, query) == 2);
  const auto counts = cycles::slot_counts(database, "btc");
  CHECK(counts.completed == 2);
  CHECK(counts.skipped == 3);
  CHECK(counts.total() == 5);
}

TEST_CASE("a cycle that is not there is named with the command that lists them") {
  Ledger ledger;
  const auto error = caught([&] { cycles::get(ledger.database, "btc", 9); });
  CHECK(error.exit_status == 3);
  CHECK(error.sentence == "schedule btc has no cycle 9");
}

}  // namespace ctt
