#include "contract.h"
#include "desk.h"
#include "serve/client.h"
#include "store/live_sessions.h"
#include "wire/server.h"

// What a dashboard that was not made for ctt asks for: each answer has the shape that its pages read.

using namespace ctt;
using namespace ctt::serve;

namespace {

base::JsonObject config_of(const RestAnswer& answer) { return parsed(answer).at("config").as_object(); }

}  // namespace

TEST_CASE("a pack tells its learning rate by both names, and takes a change of either back") {
  Desk desk;
  auto config = config_of(desk.ask("GET", "/api/packs/quick"));
  CHECK(config.number("lr") == 5e-05);
  CHECK(config.number("learning_rate") == 5e-05);
  for (const auto* key : {"algorithm", "model", "reward_params", "num_rollout_workers", "max_episode_steps"})
    CHECK(config.has(key));
  const auto put = [&](const std::string& rates) {
    return desk.ask("PUT", "/api/packs/quick", R"({"config":{"num_sgd_iter":3,)" + rates + "}}");
  };
  CHECK(config_of(put(R"("lr":5e-05,"learning_rate":0.001)")).number("lr") == 0.001);
  CHECK(config_of(put(R"("learning_rate":0.001,"lr":0.002)")).number("learning_rate") == 0.002);
  CHECK(config_of(put(R"("learning_rate":0.004)")).number("lr") == 0.004);
  CHECK(put(R"("lr":0.1,"learning_rate":0.2)").status == 422);
  CHECK(put(R"("learning_rate":-1)").status == 422);
  const auto made = desk.ask("POST", "/api/packs",
                             R"({"name":"new","config":{"lr":0.1,"learning_rate":0.2,"num_sgd_iter":3}})");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  CHECK(config_of(made).number("lr") == 0.2);
}

TEST_CASE("a pack that is sent back as it came is what it was") {
  Desk desk;
  const auto before = desk.ask("GET", "/api/packs/quick").body;
  const auto answer = desk.ask("PUT", "/api/packs/quick", before);
  CHECK(answer.status == 200);
  CHECK(parsed(answer).at("config").text() ==
        base::JsonValue::parse(before, "it").as_object().at("config").text());
}

TEST_CASE("a dataset without shares of its own is told as all for training") {
  Desk desk;
  auto split = parsed(desk.ask("GET", "/api/datasets/btc-1h")).at("split_config").as_object();
  CHECK(split.number("train_pct") == 1);
  CHECK(split.number("val_pct") + split.number("test_pct") == 0);
}

TEST_CASE("a dataset from Alpaca is made under the name that other dashboards have for it") {
  Desk desk;
  const auto made = desk.ask(
      "POST", "/api/datasets",
      R"({"name":"eth","source_type":"alpaca_crypto","source_config":{"symbol":"ETH/USD","start_date":""},)"
      R"("features":[{"type":"roc"}],"split_config":{"train_pct":0.7,"val_pct":0.15,"test_pct":0.15}})");
  CHECK(made.status == 201);
  CHECK_CONTRACT(made, "Dataset");
  auto dataset = parsed(made);
  CHECK(dataset.string("source_type") == "alpaca");
  CHECK(dataset.at("source_config").text() == R"({"symbol":"ETH/USD","timeframe":"1h"})");
  CHECK(dataset.at("split_config").as_object().number("train_pct") == 0.7);
  CHECK(desk.ask("POST", "/api/datasets", R"({"name":"x","source_type":"crypto_download"})").status == 422);
}

TEST_CASE("a preview of nothing has statistics of nothing") {
  Desk desk;
  auto preview = parsed(desk.ask("GET", "/api/datasets/btc-1h/preview"));
  CHECK(preview.at("feature_stats").as_object().keys().empty());
  CHECK(preview.at("ohlcv_sample").as_array().empty());
}

TEST_CASE("what ctt does not make is an empty list, or 501 with the command that comes nearest") {
  Desk desk;
  CHECK(desk.ask("GET", "/api/optuna/studies").body == "[]");
  CHECK(desk.ask("GET", "/api/insights").body == "[]");
  CHECK_FALSE(parsed(desk.ask("GET", "/api/campaign/running")).boolean("is_active", true));
  for (const auto* path :
       {"/api/live/start", "/api/campaign/launch", "/api/insights/analyze", "/api/insights/generate-pack",
        "/api/inference/run", "/api/training/pause", "/api/training/resume"}) {
    CAPTURE(path);
    const auto answer = desk.ask("POST", path, R"({"experiment_id":"base"})");
    CHECK(answer.status == 501);
    CHECK_CONTRACT(answer, "Problem");
    CHECK(parsed(answer).at("fix").as_array().at(0).as_string().starts_with("ctt "));
  }
}

TEST_CASE("stopping what does not run says so") {
  Desk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  CHECK(desk.ask("POST", "/api/training/stop").status == 409);
  CHECK(desk.ask("POST", "/api/live/stop").status == 502);
  CHECK(desk.ask("POST", "/api/live/stop", R"({"schedule_id":"eth"})").status == 404);
}

TEST_CASE("a running trader is asked to stop") {
  Desk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  const wire::Server trader(wire::Server::Options(desk.home.trader_socket("btc")),
                            [](const wire::Request& request) {
                              return request.op == "stop" ? wire::Answer::yes("{}") : wire::Answer{};
                            });
  const auto answer = desk.ask("POST", "/api/live/stop");
  CHECK(answer.status == 200);
  CHECK_CONTRACT(answer, "TraderStopping");
  CHECK(parsed(answer).boolean("stopping", false));
}

TEST_CASE("a trader is not asked to stop for a replay beside it, unless it is named") {
  Desk desk;
  desk.change([](store::Transaction& change) {
    store::schedules::insert(change, sample::schedule_row("btc"));
    store::LiveSession session;
    session.id = "live-000000000001";
    session.schedule_id = "btc";
    session.symbol = "BTC/USD";
    session.timeframe = "1h";
    session.account = "PA1";
    session.started_at = sample::at("2026-11-23T06:00:00Z");
    store::live_sessions::insert(change, session);
    session.id = "live-000000000002";
    session.account = "";
    session.replay = true;
    session.started_at = sample::at("2026-11-23T07:00:00Z");
    store::live_sessions::insert(change, session);
  });
  const wire::Server trader(wire::Server::Options(desk.home.trader_socket("btc")),
                            [](const wire::Request& request) {
                              return request.op == "stop" ? wire::Answer::yes("{}") : wire::Answer{};
                            });
  const auto refused = desk.ask("POST", "/api/live/stop");
  CHECK(refused.status == 409);
  CHECK(parsed(refused).at("current").as_object().string("schedule_id") == "btc");
  CHECK(desk.ask("POST", "/api/live/stop", R"({"schedule_id":"btc"})").status == 200);
}

TEST_CASE(
    "how far a training is, and its mean episode, follow its update under the names that other dashboards "
    "read") {
  test::Running server(test::Running::open());
  test::Socket socket(server.port(), "/ws/dashboard");
  const auto next = [&] {
    const auto text = socket.read();
    REQUIRE(text);
    return base::JsonValue::parse(*text, "frame").as_object();
  };
  const auto until = [&](const std::string& type) {
    while (true) {
      auto frame = next();
      if (frame.string("type") == type) return frame;
    }
  };
  CHECK(next().string("type") == "hello");
  store::Database database(server.database());
  sample::change(database, [](store::Transaction& change) {
    auto one = sample::experiment("exp-000000000009", "one");
    one.total_iterations = 4;
    store::experiments::insert(change, one);
    store::experiments::add_iteration(change, one.id, 1,
                                      R"({"episode_return_mean":0.5,"pnl_mean":7,"buy_count_mean":3})",
                                      one.started_at + std::chrono::seconds(10));
  });
  auto progress = until("training_progress");
  CHECK(progress.integer("total_iterations") == 4);
  CHECK(progress.number("elapsed_seconds") == 10);
  CHECK(progress.number("eta_seconds") == 30);
  auto episode = until("episode_metrics");
  CHECK(episode.integer("episode") == 1);
  CHECK(episode.number("reward_total") == 0.5);
  CHECK(episode.at("action_distribution").as_object().number("buy") == 3);
}
