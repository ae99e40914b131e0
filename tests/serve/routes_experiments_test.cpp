#include "contract.h"
#include "desk.h"

using namespace ctt;
using namespace ctt::serve;

namespace {

/// Beside `base` with its pnl of 12.5: `better`, trained on the dataset with the pack, and `stopped`.
struct Trials : Desk {
  Trials() {
    change([](store::Transaction& change) {
      auto better = sample::experiment("exp-000000000002", "better");
      better.config = R"({"training_config":{"lr":0.001},"hp_pack_id":"quick","dataset_id":"btc-1h"})";
      better.hp_pack_id = "quick";
      better.dataset_id = "btc-1h";
      better.tags = {"champion"};
      better.started_at = sample::at("2026-11-21T08:00:00Z");
      store::experiments::insert(change, better);
      for (int i = 1; i <= 2; ++i)
        store::experiments::add_iteration(change, better.id, i,
                                          R"({"episode_return_mean":null,"pnl_mean":7})", sample::kNoon);
      end(change, better.id, store::ExperimentStatus::completed, R"({"pnl":20,"net_worth":120})");
      auto stopped = sample::experiment("exp-000000000003", "stopped");
      stopped.started_at = sample::at("2026-11-22T08:00:00Z");
      store::experiments::insert(change, stopped);
      end(change, stopped.id, store::ExperimentStatus::cancelled, std::nullopt);
    });
  }
  static void end(store::Transaction& change, const std::string& id, store::ExperimentStatus status,
                  std::optional<std::string> metrics) {
    store::experiments::finish(
        change, id,
        {.status = status, .final_metrics = std::move(metrics), .checkpoint_sha256 = {}, .message = {}},
        sample::kNoon);
  }
  std::vector<base::JsonValue> rows(const std::string& target) {
    const auto answer = ask("GET", target);
    REQUIRE(answer.status == 200);
    return base::JsonValue::parse(answer.body, "the answer").as_array();
  }
};

}  // namespace

TEST_CASE("experiments are a bare list, newest first, with every field of the contract") {
  Trials desk;
  const auto all = desk.rows("/api/experiments");
  REQUIRE(all.size() == 3);
  CHECK(all[0].as_object().string("name") == "stopped");
  CHECK(all[0].as_object().string("status") == "pruned");
  CHECK(all[0].as_object().boolean("cancelled", false));
  auto better = all[1].as_object();
  check_fields(better, {"id", "name", "script", "status", "started_at", "completed_at", "config",
                        "final_metrics", "tags", "checkpoint_sha256", "model_version"});
  check_fields(better.at("final_metrics").as_object(),
               {"pnl", "pnl_mean", "pnl_pct", "net_worth", "episode_return_mean", "trade_count", "hold_ratio",
                "trade_ratio", "pnl_per_trade", "total_iterations", "checkpoint_path"});
  auto config = better.at("config").as_object();
  check_fields(config, {"training_config", "hp_pack_id", "hp_pack_name", "dataset_id", "dataset_name",
                        "source_type", "source_config", "features", "split_config"});
  CHECK(config.string("hp_pack_name") == "quick");
  CHECK(config.at("source_config").as_object().string("symbol") == "BTC/USD");
  CHECK(all[2].as_object().integer("model_version") == 1);
}

TEST_CASE("experiments are chosen by status, script, tag and checkpoint, and paged") {
  Trials desk;
  CHECK(desk.rows("/api/experiments?status=completed").size() == 2);
  CHECK(desk.rows("/api/experiments?status=pruned").size() == 1);
  CHECK(desk.rows("/api/experiments?script=ctt%20train").size() == 3);
  CHECK(desk.rows("/api/experiments?script=train.py").empty());
  CHECK(desk.rows("/api/experiments?tag=champion").size() == 1);
  CHECK(desk.rows("/api/experiments?limit=1&offset=1")[0].as_object().string("name") == "better");
  const auto trained = desk.rows("/api/experiments?has_checkpoint=1");
  REQUIRE(trained.size() == 1);
  CHECK(trained[0].as_object().string("name") == "base");
  CHECK(desk.ask("GET", "/api/experiments?status=lost").status == 422);
  CHECK(desk.ask("GET", "/api/experiments?offset=-1").status == 422);
}

TEST_CASE("an experiment comes with its curve and its trades") {
  Trials desk;
  auto detail = parsed(desk.ask("GET", "/api/experiments/exp-000000000002"));
  CHECK(detail.at("experiment").as_object().string("name") == "better");
  const auto iterations = detail.at("iterations").as_array();
  REQUIRE(iterations.size() == 2);
  auto second = iterations[1].as_object();
  check_fields(second, {"id", "experiment_id", "iteration", "metrics", "timestamp"});
  CHECK(second.integer("iteration") == 2);
  const auto metrics = second.at("metrics").text();  // null: no episode had ended
  CHECK(metrics == R"({"episode_return_mean":null,"pnl_mean":7})");
  CHECK(desk.ask("GET", "/api/experiments/nobody").status == 404);
}

TEST_CASE("any number of experiments are compared, what differs first") {
  Trials desk;
  const auto answer = desk.ask("GET", "/api/experiments/compare?ids=base,better,stopped");
  CHECK_CONTRACT(answer, "Comparison");
  auto compared = parsed(answer);
  const auto experiments = compared.at("experiments").as_array();
  REQUIRE(experiments.size() == 3);
  CHECK(experiments[1].as_object().string("id") == "exp-000000000002");
  const auto metrics = compared.at("metrics").as_array();
  REQUIRE(metrics.size() == 2);
  CHECK(metrics[1].as_object().string("name") == "pnl");
  const auto pnl = metrics[1].as_object().at("values").as_array();
  CHECK(pnl[0].as_number() == 12.5);
  CHECK(pnl[1].as_number() == 20);
  CHECK(pnl[2].is_null());
  const auto settings = compared.at("settings").as_array();
  CHECK(settings[0].as_object().boolean("differs", false));
  CHECK(settings[2].as_object().string("name") == "training_config.lr");
  CHECK(desk.ask("GET", "/api/experiments/compare?ids=base").status == 422);
  CHECK(desk.ask("GET", "/api/experiments/compare?ids=base,nobody").status == 404);
}

TEST_CASE("experiments are searched and sorted by the server, and the total is told") {
  Trials desk;
  const auto found = desk.ask("GET", "/api/experiments?search=BET%20champ&sort=pnl&order=asc");
  CHECK(found.headers.at("X-Total-Count") == "1");
  const auto by_pnl = desk.rows("/api/experiments?sort=pnl&order=asc&limit=2");
  CHECK(by_pnl[0].as_object().string("name") == "base");
  CHECK(by_pnl[1].as_object().string("name") == "better");
  CHECK(desk.ask("GET", "/api/experiments?limit=1").headers.at("X-Total-Count") == "3");
  CHECK(desk.ask("GET", "/api/experiments?sort=a'b").status == 422);
  CHECK(desk.ask("GET", "/api/experiments?order=up").status == 422);
}

TEST_CASE("labels of an experiment are replaced, those that ctt keeps are not given away") {
  Trials desk;
  const auto answer = desk.ask("PUT", "/api/experiments/better/tags", R"({"tags":["best","v=2"]})");
  CHECK_CONTRACT(answer, "Tags");
  CHECK(parsed(answer).at("tags").text() == R"(["best","v=2"])");
  CHECK(desk.rows("/api/experiments?tag=best").size() == 1);
  CHECK(desk.ask("PUT", "/api/experiments/better/tags", R"({"tags":["cycle:3"]})").status == 409);
  CHECK(desk.ask("PUT", "/api/experiments/better/tags", R"({"tags":["two words"]})").status == 422);
  CHECK(desk.ask("PUT", "/api/experiments/nobody/tags", R"({"tags":[]})").status == 404);
}

TEST_CASE("the leaderboard ranks by a metric, the best first") {
  Trials desk;
  const auto best = desk.rows("/api/leaderboard?metric=pnl&limit=5");
  REQUIRE(best.size() == 2);
  auto first = best[0].as_object();
  check_fields(first, {"experiment_id", "name", "script", "rank", "metric_name", "metric_value",
                       "final_metrics", "started_at", "tags"});
  CHECK(first.string("name") == "better");
  CHECK(first.integer("rank") == 1);
  CHECK(first.number("metric_value") == 20);
  CHECK(desk.ask("GET", "/api/leaderboard?metric=episode_return").status == 200);
  CHECK(desk.ask("GET", "/api/leaderboard?metric=a'b").status == 422);
}

TEST_CASE("the totals name the best experiment") {
  Trials desk;
  auto stats = parsed(desk.ask("GET", "/api/stats"));
  check_fields(stats, {"total_experiments", "completed", "failed", "running", "best_pnl",
                       "best_pnl_experiment", "best_net_worth", "avg_pnl", "total_trades", "win_rate",
                       "total_studies", "total_optuna_trials"});
  CHECK(stats.integer("total_experiments") == 3);
  CHECK(stats.integer("completed") == 2);
  CHECK(stats.at("best_pnl_experiment").as_object().string("name") == "better");
  CHECK(stats.number("win_rate") == 100);
}
