#include "desk.h"
#include "store/candles.h"
#include "store/packs.h"
#include "training/pack.h"

using namespace ctt;
using namespace ctt::serve;

namespace {

constexpr auto kSynthetic =
    R"({"name":"Made Up","source_type":"synthetic","source_config":{"symbol":"BTC/USD","timeframe":"1h",)"
    R"("seed":7,"start":"2026-11-01T00:00:00Z"},"features":[{"type":"rsi"},{"type":"roc"}]})";

std::vector<std::string> paths_of(const RestAnswer& answer) {
  std::vector<std::string> paths;
  for (const auto& error : parsed(answer).at("errors").as_array())
    paths.push_back(error.as_object().string("path"));
  return paths;
}

}  // namespace

TEST_CASE("a pack shows every setting under the names that dashboards know") {
  Desk desk;
  const auto all = base::JsonValue::parse(desk.ask("GET", "/api/packs").body, "packs").as_array();
  REQUIRE(all.size() == 1);
  auto pack = parsed(desk.ask("GET", "/api/packs/quick"));
  CHECK(all[0].text() == desk.ask("GET", "/api/packs/quick").body);
  check_fields(pack, {"id", "name", "description", "config", "created_at", "updated_at"});
  auto config = pack.at("config").as_object();
  check_fields(config, {"algorithm",
                        "num_rollout_workers",
                        "rollout_fragment_length",
                        "model",
                        "action_scheme",
                        "reward_scheme",
                        "reward_params",
                        "commission",
                        "initial_cash",
                        "window_size",
                        "max_allowed_loss",
                        "max_episode_steps",
                        "num_iterations",
                        "lr",
                        "gamma",
                        "lambda_",
                        "clip_param",
                        "entropy_coeff",
                        "vf_loss_coeff",
                        "vf_clip_param",
                        "kl_coeff",
                        "kl_target",
                        "train_batch_size",
                        "sgd_minibatch_size",
                        "num_sgd_iter"});
  check_fields(config.at("model").as_object(), {"fcnet_hiddens", "fcnet_activation"});
  CHECK(desk.ask("GET", "/api/packs/slow").status == 404);
}

TEST_CASE("a pack is made, sent back as it came, changed, duplicated and deleted") {
  Desk desk;
  const auto made = desk.ask("POST", "/api/packs", R"({"name":"My Pack","config":{"lr":0.01}})");
  REQUIRE(made.status == 201);
  CHECK(parsed(made).string("id") == "my-pack");
  CHECK(desk.ask("POST", "/api/packs", R"({"name":"My Pack","config":{}})").status == 409);

  CHECK(desk.ask("PUT", "/api/packs/my-pack", made.body).status == 200);
  auto changed =
      parsed(desk.ask("PUT", "/api/packs/my-pack", R"({"description":"a try","config":{"lr":0.02}})"));
  CHECK(changed.string("description") == "a try");
  CHECK(changed.at("config").as_object().number("lr") == 0.02);

  auto copy = parsed(desk.ask("POST", "/api/packs/my-pack/duplicate"));
  CHECK(copy.string("id") == "my-pack-2");
  CHECK(copy.at("config").as_object().number("lr") == 0.02);
  CHECK(parsed(desk.ask("POST", "/api/packs/my-pack/duplicate", R"({"name":"Third"})")).string("id") ==
        "third");

  CHECK(desk.ask("DELETE", "/api/packs/my-pack").status == 200);
  CHECK(desk.ask("GET", "/api/packs/my-pack").status == 404);
}

TEST_CASE("what a pack leaves open about kl_coeff stays open when a page sends all of it back") {
  Desk desk;
  const auto made = desk.ask("POST", "/api/packs", R"({"name":"mine","config":{"lr":0.01}})");
  desk.ask("PUT", "/api/packs/mine", made.body);
  store::Database database(desk.home.database());
  const auto stored = store::packs::find(database, "mine");
  REQUIRE(stored);
  CHECK_FALSE(training::Pack::parse(stored->config, "mine").restore_kl_coeff.has_value());
  CHECK(stored->config.find("restore_optimizer") != std::string::npos);
  const auto said = desk.ask("PUT", "/api/packs/mine", R"({"config":{"restore_kl_coeff":true}})");
  CHECK(parsed(said).at("config").as_object().boolean("restore_kl_coeff", false));
}

TEST_CASE("a pack that will not do is refused and named") {
  Desk desk;
  CHECK(paths_of(desk.ask("POST", "/api/packs", R"({"config":{}})")) == std::vector<std::string>{"/name"});
  const auto unknown = desk.ask("POST", "/api/packs", R"({"name":"x","config":{"learning_pace":1}})");
  CHECK(unknown.status == 422);
  CHECK(paths_of(unknown) == std::vector<std::string>{"/config"});
  CHECK(desk.ask("POST", "/api/packs", R"({"nmae":"x"})").status == 422);
}

TEST_CASE("a pack in use keeps its settings, its description may change") {
  Desk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  const auto refused = desk.ask("PUT", "/api/packs/quick", R"({"config":{"lr":0.5}})");
  CHECK(refused.status == 409);
  CHECK(parsed(refused).at("current").as_object().at("config").as_object().number("lr") == 5e-5);
  const auto kept = parsed(desk.ask("GET", "/api/packs/quick")).at("config").text();
  const auto otherwise = kept.substr(0, kept.size() - 1) + R"(,"restore_kl_coeff":true})";
  CHECK(desk.ask("PUT", "/api/packs/quick", R"({"config":)" + kept + "}").status == 200);
  CHECK(desk.ask("PUT", "/api/packs/quick", R"({"config":)" + otherwise + "}").status == 409);
  CHECK(desk.ask("PUT", "/api/packs/quick", R"({"description":"of btc"})").status == 200);
  CHECK(desk.ask("DELETE", "/api/packs/quick").status == 409);
}

TEST_CASE("datasets are a bare list with every field of the contract") {
  Desk desk;
  const auto all = base::JsonValue::parse(desk.ask("GET", "/api/datasets").body, "datasets").as_array();
  REQUIRE(all.size() == 1);
  check_fields(all[0].as_object(), {"id", "name", "description", "source_type", "source_config", "features",
                                    "split_config", "created_at", "updated_at"});
  CHECK(parsed(desk.ask("GET", "/api/datasets/btc-1h")).string("source_type") == "alpaca");
  CHECK(desk.ask("GET", "/api/datasets/eth").status == 404);
  const auto catalogue =
      base::JsonValue::parse(desk.ask("GET", "/api/datasets/features").body, "catalogue").as_array();
  CHECK(catalogue.size() == 13);
  auto returns = catalogue[1].as_object();
  check_fields(returns, {"type", "name", "description", "params"});
  check_fields(returns.at("params").as_array()[0].as_object(),
               {"name", "type", "default", "min", "max", "description"});
}

TEST_CASE("a dataset is made, previewed, changed and deleted") {
  Desk desk;
  REQUIRE(desk.ask("POST", "/api/datasets", kSynthetic).status == 201);
  auto preview = parsed(desk.ask("GET", "/api/datasets/made-up/preview"));
  check_fields(preview, {"rows", "columns", "date_range", "ohlcv_sample", "feature_stats"});
  // From 1 November 00:00 to the bar of 23 November 11:00, hourly.
  CHECK(preview.integer("rows") == 22 * 24 + 12);
  auto range = preview.at("date_range").as_object();
  CHECK(range.string("start") == "2026-11-01T00:00:00Z");
  CHECK(range.string("end") == "2026-11-23T11:00:00Z");
  const auto sample = preview.at("ohlcv_sample").as_array();
  REQUIRE(sample.size() == 20);
  check_fields(sample[19].as_object(), {"date", "open", "high", "low", "close", "volume"});
  CHECK(sample[19].as_object().string("date") == "2026-11-23T11:00:00Z");
  auto stats = preview.at("feature_stats").as_object();
  CHECK(stats.keys() == std::vector<std::string>{"rsi", "roc"});
  check_fields(stats.at("rsi").as_object(), {"mean", "std", "min", "max"});
  CHECK(stats.at("rsi").as_object().number("std") > 0);

  auto changed =
      parsed(desk.ask("PUT", "/api/datasets/made-up", R"({"features":[{"type":"rsi","period":7}]})"));
  CHECK(changed.at("features").as_array().size() == 1);
  CHECK(desk.ask("DELETE", "/api/datasets/made-up").status == 200);
  CHECK(desk.ask("GET", "/api/datasets/made-up").status == 404);
}

TEST_CASE("a preview of what nobody has fetched has no rows") {
  Desk desk;
  auto preview = parsed(desk.ask("GET", "/api/datasets/btc-1h/preview"));
  CHECK(preview.integer("rows") == 0);
  CHECK_FALSE(preview.at("date_range").as_object().find("start"));
  CHECK(preview.at("ohlcv_sample").as_array().empty());
}

TEST_CASE("a dataset that will not do is refused with every part named") {
  Desk desk;
  const auto refused =
      desk.ask("POST", "/api/datasets",
               R"({"source_type":"synthetic","source_config":{"symbol":"X","timeframe":"2h"},)"
               R"("features":[{"type":"astrology"}]})");
  CHECK(refused.status == 422);
  CHECK(paths_of(refused) == std::vector<std::string>{"/name", "/source_config", "/features"});
  const auto relative = desk.ask(
      "POST", "/api/datasets",
      R"({"name":"f","source_type":"csv","source_config":{"symbol":"X","timeframe":"1h","file":"bars.csv"},"features":[{"type":"roc"}]})");
  CHECK(paths_of(relative) == std::vector<std::string>{"/source_config"});
}

TEST_CASE("a dataset in use keeps its candles and features") {
  Desk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  CHECK(desk.ask("PUT", "/api/datasets/btc-1h", R"({"features":[{"type":"roc"}]})").status == 409);
  CHECK(desk.ask("PUT", "/api/datasets/btc-1h", R"({"description":"hourly"})").status == 200);
  CHECK(desk.ask("DELETE", "/api/datasets/btc-1h").status == 409);
}
