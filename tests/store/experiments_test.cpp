#include "store/experiments.h"

#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::ExperimentStatus;
using store::Transaction;
namespace experiments = store::experiments;

namespace {

void add(store::Database& database, std::string id, std::string name, std::string metrics) {
  change(database, [&](Transaction& t) {
    experiments::insert(t, experiment(id, std::move(name)));
    store::ExperimentEnd end;
    end.final_metrics = std::move(metrics);
    experiments::finish(t, id, end, kNoon);
  });
}

}  // namespace

TEST_CASE("old iterations of a cycle go but for its last, those of a training that was asked for stay") {
  Ledger ledger;
  const auto cycle = claim(ledger.database);
  start(ledger.database, cycle);
  const std::string of_cycle = "exp-000000000002", asked_for = "exp-000000000001";
  change(ledger.database, [&](Transaction& t) {
    for (int i = 1; i <= 20; ++i)
      for (const auto& id : {of_cycle, asked_for}) store::experiments::add_iteration(t, id, i, "{}", kNoon);
  });
  const auto later = kNoon + std::chrono::days(100);
  CHECK(store::experiments::count_prunable_iterations(ledger.database, later) == 0);  // it runs
  change(ledger.database, [&](Transaction& t) {
    store::experiments::finish(t, of_cycle,
                               {.status = store::ExperimentStatus::completed,
                                .final_metrics = {},
                                .checkpoint_sha256 = {},
                                .message = {}},
                               kNoon);
  });
  CHECK(store::experiments::count_prunable_iterations(ledger.database, kNoon) == 0);
  CHECK(store::experiments::count_prunable_iterations(ledger.database, later) == 19);
  const auto prune = [&] {
    return change(ledger.database,
                  [&](Transaction& t) { return store::experiments::prune_iterations(t, later, 15); });
  };
  CHECK(prune() == 15);
  CHECK(prune() == 4);
  CHECK(prune() == 0);
  CHECK(store::experiments::last_iteration(ledger.database, of_cycle)->iteration == 20);
  CHECK(store::experiments::iterations(ledger.database, asked_for).size() == 20);
}

TEST_CASE("an experiment keeps what it was started with and how it ended") {
  Ledger ledger;
  auto e = experiment("exp-00000000000a", "wide");
  e.config = R"({"training_config":{"lr":5e-05}})";
  e.tags = {"continuous", "k=v"};
  e.hp_pack_id = "quick";
  e.dataset_id = "btc-1h";
  e.parent_experiment_id = "exp-000000000001";
  e.total_iterations = 50;
  e.pid = 77;
  change(ledger.database, [&](Transaction& t) { experiments::insert(t, e); });
  CHECK(ledger.newest_event().json().ends_with(R"("experiment_id":"exp-00000000000a","name":"wide"})"));

  store::ExperimentEnd end;
  end.status = ExperimentStatus::failed;
  end.message = "loss is not a finite number";
  change(ledger.database, [&](Transaction& t) { experiments::finish(t, e.id, end, kNoon); });
  CHECK(ledger.newest_event().type == "experiment_end");

  const auto stored = experiments::get(ledger.database, "wide");
  CHECK(stored.status == ExperimentStatus::failed);
  CHECK(stored.config == e.config);
  CHECK(stored.tags == e.tags);
  CHECK(stored.parent_experiment_id == e.parent_experiment_id);
  CHECK(stored.total_iterations == 50);
  CHECK(stored.pid == 77);
  CHECK(stored.completed_at == kNoon);
  CHECK(stored.message == "loss is not a finite number");
  CHECK_FALSE(stored.checkpoint_sha256);
  CHECK(caught([&] {
          change(ledger.database, [&](Transaction& t) { experiments::finish(t, e.id, end, kNoon); });
        }).sentence == "experiment exp-00000000000a is failed already");
}

TEST_CASE("iterations are kept in order, a repeated one replaces itself, and each is an update event") {
  Ledger ledger;
  const std::string id = "exp-000000000001";
  change(ledger.database, [&](Transaction& t) {
    experiments::add_iteration(t, id, 2, R"({"kl":0.02})", kNoon);
    experiments::add_iteration(t, id, 1, R"({"kl":0.5})", kNoon);
    experiments::add_iteration(t, id, 1, R"({"type":"iteration","iteration":1,"kl":0.01,"reward":null})",
                               kNoon);
  });
  const auto iterations = experiments::iterations(ledger.database, id);
  REQUIRE(iterations.size() == 2);
  CHECK(iterations[0].metrics.find("0.01") != std::string::npos);
  CHECK(experiments::last_iteration(ledger.database, id)->iteration == 2);
  const auto event = ledger.newest_event();
  CHECK(event.type == "training_update");
  CHECK(event.payload == R"({"experiment_id":"exp-000000000001","iteration":1,"kl":0.01,"reward":null})");
}

TEST_CASE("without a limit every experiment is listed, and with one as many") {
  Ledger ledger;
  change(ledger.database, [&](Transaction& t) {
    for (int i = 1; i <= 250; ++i)
      experiments::insert(t, experiment(fmt::format("exp-{:012x}", 0x1000 + i), fmt::format("run-{}", i)));
  });
  const auto all = experiments::list(ledger.database).size();
  CHECK(all >= 250);
  store::ExperimentQuery query;
  query.limit = 100;
  CHECK(experiments::list(ledger.database, query).size() == 100);
  query.limit = 0;
  CHECK(experiments::list(ledger.database, query).empty());
}

TEST_CASE("experiments are listed newest first, by status, script, tag and checkpoint") {
  Ledger ledger;
  auto e = experiment("exp-00000000000b", "second");
  e.started_at = kNoon;
  e.tags = {"schedule:btc"};
  change(ledger.database, [&](Transaction& t) { experiments::insert(t, e); });

  CHECK(experiments::list(ledger.database).front().name == "second");
  store::ExperimentQuery query;
  query.tag = "schedule:btc";
  CHECK(experiments::list(ledger.database, query).size() == 1);
  query = {};
  query.has_checkpoint = true;
  CHECK(experiments::list(ledger.database, query).at(0).name == "base");
  query = {};
  query.status = ExperimentStatus::running;
  CHECK(experiments::list(ledger.database, query).at(0).name == "second");
  query = {};
  query.offset = 1;
  CHECK(experiments::list(ledger.database, query).size() == 1);
  query.limit = 1;
  CHECK(experiments::list(ledger.database, query).at(0).name == "base");
}

TEST_CASE("the leaderboard orders by a number of the final metrics") {
  Ledger ledger;  // base has a pnl of 12.5
  add(ledger.database, "exp-00000000000c", "better", R"({"pnl":20,"trade_count":3,"net_worth":10020})");
  add(ledger.database, "exp-00000000000d", "worse", R"({"pnl":-2.5,"trade_count":4.0})");
  add(ledger.database, "exp-00000000000e", "silent", R"({"pnl":null})");

  const auto board = experiments::leaderboard(ledger.database, "pnl");
  REQUIRE(board.size() == 3);
  CHECK(board[0].experiment.name == "better");
  CHECK(board[2].value == -2.5);
  CHECK(caught([&] { experiments::leaderboard(ledger.database, "pnl') --"); }).exit_status == 2);

  const auto stats = experiments::stats(ledger.database);
  CHECK(stats.total == 4);
  CHECK(stats.completed == 4);
  CHECK(stats.best->name == "better");
  CHECK(*stats.avg_pnl == doctest::Approx(10));
  CHECK(*stats.win_rate == doctest::Approx(2.0 / 3));
  CHECK(stats.total_trades == 7);
}

TEST_CASE("an experiment that something stands on is not deleted, another goes with its iterations") {
  Ledger ledger;
  CHECK(caught([&] {
          change(ledger.database, [](Transaction& t) { experiments::remove(t, "exp-000000000001"); });
        }).sentence == "experiment exp-000000000001 is needed by schedule btc");
  add(ledger.database, "exp-00000000000f", "free", R"({"pnl":1})");
  change(ledger.database, [](Transaction& t) {
    experiments::add_iteration(t, "exp-00000000000f", 1, "{}", kNoon);
    experiments::remove(t, "exp-00000000000f");
  });
  CHECK_FALSE(experiments::find(ledger.database, "exp-00000000000f"));
  CHECK(experiments::iterations(ledger.database, "exp-00000000000f").empty());
}

}  // namespace ctt
