#include "contract.h"
#include "cycle/rig.h"
#include "desk.h"
#include "store/deployments.h"
#include "wire/server.h"

using namespace ctt;
using namespace ctt::serve;

namespace {

/// A schedule `s` with a base, v1, and what two cycles made of it, v2 and v3.
struct Fleet : cycle::Rig {
  Routes routes{(begin(config()), home), clock};

  Fleet() {
    const cycle::RunOptions now{.schedule_id = "s", .now = true, .deploy = true, .window_end = {}};
    for (int i = 0; i < 2; ++i) REQUIRE(cycle::run(context(), now).cycles.at(0).model_version);
  }
  RestAnswer call(const std::string& method, const std::string& target, const std::string& body = "") {
    return ask(routes, method, target, body);
  }
  std::int64_t desired() { return store::deployments::desired(*database, "s")->model_version; }
  store::Event newest_event() {
    return store::events::since(*database, store::events::last_seq(*database) - 1).at(0);
  }
};

/// A trader that says yes to every reload.
struct Willing {
  wire::Server server;
  explicit Willing(const base::Home& home)
      : server(wire::Server::Options(home.trader_socket("s")), [](const wire::Request& request) {
          base::JsonWriter fields;
          return wire::Answer::yes(fields.object().field("sha256", request.sha256).end().text());
        }) {}
};

}  // namespace

TEST_CASE("models come newest first, each with where it trades, and lead back to their base") {
  Fleet fleet;
  const auto models = parsed(fleet.call("GET", "/api/models")).at("items").as_array();
  REQUIRE(models.size() == 3);
  auto newest = models[0].as_object();
  check_fields(newest,
               {"model_version", "sha256", "origin", "parent_model_version", "experiment_id", "schedule_id",
                "cycle_number", "size_bytes", "checkpoint_path", "published_at", "pruned_at", "live"});
  CHECK(newest.integer("model_version") == 3);
  CHECK(parsed(fleet.call("GET", "/api/models?schedule_id=s")).at("items").as_array().size() == 2);

  const auto lineage = parsed(fleet.call("GET", "/api/models/v3/lineage")).at("items").as_array();
  REQUIRE(lineage.size() == 3);
  CHECK(lineage[2].as_object().string("origin") == "base");
  CHECK(parsed(fleet.call("GET", "/api/models/2")).string("sha256") ==
        models[1].as_object().string("sha256"));
  CHECK(fleet.call("GET", "/api/models/9/lineage").status == 404);
  CHECK(fleet.call("GET", "/api/models/newest").status == 404);
}

TEST_CASE("a deployment is accepted, and done when the trader serves the hash") {
  Fleet fleet;
  const Willing trader(fleet.home);
  const auto accepted = fleet.call("POST", "/api/models/2/deploy", R"({"reason":"better nights"})");
  REQUIRE(accepted.status == 202);
  CHECK_CONTRACT(accepted, "DeployAccepted");
  auto body = parsed(accepted);
  check_fields(body, {"request_id", "schedule_id", "model_version", "sha256", "changed", "frozen"});
  CHECK(body.string("request_id").starts_with("req-"));
  CHECK(fleet.desired() == 2);
  fleet.routes.wait();
  CHECK_CONTRACT(fleet.call("GET", "/api/continuous/status"), "Status");
  CHECK_CONTRACT(fleet.call("GET", "/api/continuous/history"), "items:Cycle");
  CHECK_CONTRACT(fleet.call("GET", "/api/models"), "items:Model");
  CHECK_CONTRACT(fleet.call("GET", "/api/experiments"), "Experiment[]");
  const auto event = fleet.newest_event();
  CHECK(event.type == "continuous_model_deployed");
  auto deployed = base::JsonValue::parse(event.json(), "event").as_object();
  CHECK(deployed.integer("model_version") == 2);
  CHECK(deployed.string("cause") == "manual");
  const auto live = parsed(fleet.call("GET", "/api/models/2")).at("live").as_array();
  REQUIRE(live.size() == 1);
  CHECK(live[0].as_object().string("schedule_id") == "s");
}

TEST_CASE("a rollback goes to what served before, and freezes") {
  Fleet fleet;
  const Willing trader(fleet.home);
  for (const auto* version : {"1", "3"}) {
    REQUIRE(fleet.call("POST", fmt::format("/api/models/{}/deploy", version)).status == 202);
    fleet.routes.wait();
  }
  auto body = parsed(fleet.call("POST", "/api/models/rollback", "{}"));
  CHECK(body.integer("model_version") == 1);
  CHECK(body.boolean("frozen", false));
  CHECK(fleet.schedule().frozen);
  CHECK(fleet.call("POST", "/api/models/rollback", R"({"model_version":2,"freeze":false})").status == 202);
  CHECK(fleet.desired() == 2);
  CHECK(fleet.call("POST", "/api/models/rollback", R"({"model_version":12})").status == 404);
}

TEST_CASE("a deployment that no trader answers becomes command_failed with its request_id") {
  Fleet fleet;
  const auto id = parsed(fleet.call("POST", "/api/models/2/deploy")).string("request_id");
  fleet.routes.wait();
  const auto event = fleet.newest_event();
  REQUIRE(event.type == "command_failed");
  auto failed = base::JsonValue::parse(event.json(), "event").as_object();
  CHECK(failed.string("request_id") == id);
  CHECK(failed.string("code") == "E_UNREACHABLE");
  CHECK(failed.string("message") == "no trader runs; it takes the model when it starts");
  CHECK(fleet.desired() == 2);
}

TEST_CASE("a model whose file is damaged is refused at once") {
  Fleet fleet;
  const auto sha256 = store::models::find(*fleet.database, 2)->sha256;
  base::write_file_atomically(fleet.home.model(sha256), "no checkpoint", 0400);
  const auto before = fleet.desired();
  CHECK(fleet.call("POST", "/api/models/2/deploy").status >= 400);
  CHECK(fleet.desired() == before);
}

TEST_CASE("a preview of a start says what its first cycle would find, and starts nothing") {
  Fleet fleet;
  const std::string body = fmt::format(
      R"({{"base_experiment_id":"{}","dataset_id":"d","hp_pack_id":"p","name":"t","window_candles":100,)"
      R"("iterations_per_cycle":4}})",
      fleet.schedule().base_experiment_id);
  const auto answer = ask(fleet.routes, "POST", "/api/continuous/start?dry_run=1", body, "key");
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  CHECK_CONTRACT(answer, "DryStart");
  auto status = parsed(answer);
  CHECK(status.string("schedule_id") == "t");
  auto preview = status.at("preview").as_object();
  check_fields(preview, {"window_start", "window_end", "window_candles", "bars_present", "holes",
                         "base_learning_rate", "learning_rate", "train_s"});
  CHECK(preview.string("window_end") == "2024-02-29T23:00:00Z");
  CHECK(preview.string("window_start") == "2024-02-25T20:00:00Z");  // 99 hours before
  CHECK(preview.integer("bars_present") + preview.integer("holes") == 100);
  CHECK(preview.number("learning_rate") == doctest::Approx(0.2 * 0.001));
  CHECK(parsed(fleet.call("GET", "/api/continuous/schedules")).at("items").as_array().size() == 1);
  // A preview's key is not that of the start.
  CHECK(ask(fleet.routes, "POST", "/api/continuous/start", body, "key").status == 422);
  CHECK(fleet.call("POST", "/api/continuous/start", body).status == 201);
  const auto schedules = parsed(fleet.call("GET", "/api/continuous/schedules")).at("items").as_array();
  REQUIRE(schedules.size() == 2);
  CHECK(schedules[1].as_object().string("status") == "active");
  // Of one that is active the preview would be of its own settings, not of those that were asked for.
  CHECK(fleet.call("POST", "/api/continuous/start?dry_run=1", body).status == 409);
}
