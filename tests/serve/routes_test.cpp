#include <algorithm>

#include "base/files.h"
#include "contract.h"
#include "desk.h"
#include "schedule/config.h"

#include "store/cycle_journal.h"
#include "store/deployments.h"
#include "store/live_sessions.h"

using namespace ctt;
using namespace ctt::serve;

TEST_CASE("without a schedule the status is idle and its ids are null") {
  Desk desk;
  const auto answer = desk.ask("GET", "/api/continuous/status");
  CHECK(answer.status == 200);
  auto status = parsed(answer);
  CHECK(status.string("status") == "idle");
  CHECK_FALSE(status.find("schedule_id"));
  CHECK_FALSE(status.find("running_cycle"));
}

TEST_CASE("a Status has every field of the contract") {
  Desk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  auto status = parsed(desk.ask("GET", "/api/continuous/status?schedule_id=btc"));
  for (const auto* field : {"schedule_id",
                            "name",
                            "status",
                            "frozen",
                            "health",
                            "health_reason",
                            "base_experiment_id",
                            "dataset_id",
                            "hp_pack_id",
                            "config",
                            "current_checkpoint_path",
                            "current_cycle",
                            "last_cycle_at",
                            "next_cycle_at",
                            "running_cycle",
                            "deployed",
                            "created_at",
                            "updated_at",
                            "server_time",
                            "seq"}) {
    CAPTURE(field);
    CHECK(status.has(field));
  }
  CHECK(status.string("server_time") == "2026-11-23T12:00:20Z");
}

TEST_CASE("a replay that serves the desired model is said as such, and confirms nothing of an account") {
  Desk desk;
  desk.change([](store::Transaction& change) {
    store::schedules::insert(change, sample::schedule_row("btc"));
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
  const auto status = [&] { return parsed(desk.ask("GET", "/api/continuous/status")); };
  const auto deployed = [&] { return status().at("deployed").as_object(); };
  {
    const auto lock = base::FileLock::try_acquire(desk.home.session_lock("live-000000000001"), "ctt trade");
    CHECK(deployed().string("served_by") == "replay");
    CHECK_FALSE(deployed().boolean("served", true));
    CHECK_FALSE(status().boolean("trader_running", true));
    CHECK(status().integer("replay_model_version") == 1);
    CHECK_CONTRACT(desk.ask("GET", "/api/continuous/status"), "Status");
  }
  CHECK_FALSE(deployed().find("served_by"));
  CHECK_FALSE(status().find("replay_model_version"));
}

TEST_CASE("pause, resume, freeze, unfreeze, skip-next and stop answer the state that is then") {
  Desk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  const auto post = [&](const std::string& verb, const std::string& body = "{}") {
    return desk.ask("POST", "/api/continuous/" + verb, body);
  };
  CHECK(parsed(post("pause", R"({"schedule_id":"btc","reason":"a look"})")).string("status") == "paused");
  CHECK(post("pause").status == 200);  // already so
  CHECK(parsed(post("resume")).string("status") == "active");
  CHECK(parsed(post("freeze")).boolean("frozen", false));
  CHECK_FALSE(parsed(post("unfreeze")).boolean("frozen", true));
  CHECK(parsed(post("skip-next")).boolean("skip_next", false));
  CHECK(parsed(post("stop")).string("status") == "idle");

  const auto refused = post("pause");
  CHECK(refused.status == 409);
  CHECK(parsed(refused).at("current").as_object().string("status") == "idle");
  CHECK(post("pause", R"({"schedule_id":"eth"})").status == 404);
  CHECK(post("pause", R"({"shedule_id":"btc"})").status == 422);
  CHECK(post("explode").status == 404);
  CHECK(desk.ask("GET", "/api/continuous/pause").status == 405);
}

TEST_CASE("history pages from the newest to the oldest") {
  Desk desk;
  desk.change([](store::Transaction& change) {
    store::schedules::insert(change, sample::schedule_row("btc"));
    for (int i = 0; i < 5; ++i) {
      store::SkippedSlots slots;
      slots.schedule_id = "btc";
      slots.slot_at = sample::kNoon;
      slots.reason = "missed";
      store::cycles::skip(change, slots, sample::kNoon);
    }
  });
  auto page = parsed(desk.ask("GET", "/api/continuous/history?limit=2"));
  const auto items = page.at("items").as_array();
  REQUIRE(items.size() == 2);
  CHECK(items[0].as_object().integer("cycle_number") == 5);
  CHECK(page.integer("total") == 5);
  CHECK(page.integer("next_before") == 4);
  auto rest = parsed(desk.ask("GET", "/api/continuous/history?limit=9&before=4&result=skipped"));
  CHECK(rest.at("items").as_array().size() == 3);
  CHECK_FALSE(rest.find("next_before"));
  auto cycle = items[0].as_object();
  for (const auto* field : {"schedule_id",
                            "cycle_number",
                            "status",
                            "reason",
                            "experiment_id",
                            "parent_experiment_id",
                            "started_at",
                            "finished_at",
                            "window_start",
                            "window_end",
                            "iterations_done",
                            "total_iterations",
                            "checkpoint_path",
                            "checkpoint_sha256",
                            "model_version",
                            "parent_model_version",
                            "decision",
                            "decision_reason",
                            "deployed_at",
                            "undeployed_at",
                            "live",
                            "metrics"}) {
    CAPTURE(field);
    CHECK(cycle.has(field));
  }
  CHECK(desk.ask("GET", "/api/continuous/history?limit=many").status == 422);
}

TEST_CASE("a start names every field that will not do") {
  Desk desk;
  const auto answer =
      desk.ask("POST", "/api/continuous/start",
               R"({"dataset_id":"x","name":"../My Plan","interval_hours":-1,"gate":"golden"})");
  CHECK(answer.status == 422);
  std::vector<std::string> paths;
  for (const auto& error : parsed(answer).at("errors").as_array())
    paths.push_back(error.as_object().string("path"));
  CHECK(paths ==
        std::vector<std::string>{"/base_experiment_id", "/hp_pack_id", "/name", "/interval_hours", "/gate"});
}

TEST_CASE("a body that is no JSON object is malformed") {
  Desk desk;
  for (const auto* body : {"{", "[]", "name=x", "{\"a\":1}}"}) {
    CAPTURE(body);
    CHECK(desk.ask("POST", "/api/packs", body).status == 400);
  }
}

TEST_CASE("a request that comes twice with its key is carried out once") {
  Desk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  CHECK(desk.ask("POST", "/api/continuous/pause", "{}", "k1").status == 200);
  CHECK(desk.ask("POST", "/api/continuous/resume", "{}", "k2").status == 200);
  // Sent again it neither pauses nor says anything new.
  CHECK(parsed(desk.ask("POST", "/api/continuous/pause", "{}", "k1")).string("status") == "paused");
  CHECK(parsed(desk.ask("GET", "/api/continuous/status")).string("status") == "active");
  CHECK(desk.ask("POST", "/api/continuous/stop", "{}", "k1").status == 422);
}

TEST_CASE("a cycle is told with its defects and the command that makes it again") {
  Desk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  {
    store::Database database(desk.home.database());
    sample::start(database, sample::claim(database));
  }
  const auto answer = desk.ask("GET", "/api/continuous/cycles/1?schedule_id=btc");
  CHECK_CONTRACT(answer, "CycleDetail");
  CHECK(parsed(answer).string("step") == "claim");
  CHECK(desk.ask("GET", "/api/continuous/cycles/2").status == 404);
  CHECK(desk.ask("GET", "/api/continuous/cycles/two").status == 404);
}

TEST_CASE("a schedule is deleted when it is stopped and its name is said twice") {
  Desk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  const std::string confirmed = "/api/continuous/schedules/btc?confirm=btc";
  CHECK(desk.ask("DELETE", confirmed).status == 409);  // it is active
  CHECK(desk.ask("POST", "/api/continuous/stop").status == 200);
  const auto unsaid = desk.ask("DELETE", "/api/continuous/schedules/btc");
  CHECK(unsaid.status == 422);
  CHECK(parsed(unsaid).string("detail") ==
        "deleting btc takes 0 cycles, 0 sessions and 0 fills with it: say confirm=btc");
  CHECK_CONTRACT(desk.ask("DELETE", confirmed), "Deleted");
  CHECK(desk.ask("GET", "/api/continuous/status?schedule_id=btc").status == 404);
  const auto events = desk.ask("GET", "/api/events?schedule_id=btc&limit=2");
  CHECK_CONTRACT(events, "EventPage");
  CHECK(parsed(events).at("items").as_array().at(0).as_object().string("type") ==
        "continuous_schedule_deleted");
}

TEST_CASE("the event log is read from the newest to the oldest, page by page") {
  Desk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  for (const auto* verb : {"pause", "resume", "freeze"})
    desk.ask("POST", fmt::format("/api/continuous/{}", verb));
  std::vector<std::int64_t> seen;
  std::optional<std::int64_t> before;
  do {
    auto page = parsed(desk.ask(
        "GET", before ? fmt::format("/api/events?limit=2&before={}", *before) : "/api/events?limit=2"));
    for (const auto& item : page.at("items").as_array()) seen.push_back(item.as_object().integer("seq"));
    const auto next = page.find("next_before");
    before = next ? std::optional(next->as_integer()) : std::nullopt;
  } while (before);
  CHECK(seen.size() >= 4);
  CHECK(std::ranges::is_sorted(seen, std::greater<>()));
}

TEST_CASE(
    "settings are changed from the next slot on, what is left out stays, and every field that will not do is "
    "named") {
  Desk desk;
  desk.change([](store::Transaction& change) {
    auto row = sample::schedule_row("btc");
    row.config = schedule::Config().json();
    store::schedules::insert(change, row);
  });
  const std::string target = "/api/continuous/schedules/btc";
  const auto answer = desk.ask("PUT", target, R"({"window_candles":2000,"gate":"strict"})");
  CHECK_CONTRACT(answer, "Status");
  auto config = parsed(answer).at("config").as_object();
  CHECK(config.integer("window_candles") == 2000);
  CHECK(config.integer("holdout_candles") == 200);  // still a tenth
  CHECK(config.string("gate") == "strict");
  CHECK(config.number("interval_hours") == 6);
  const auto refused = desk.ask("PUT", target, R"({"interval_hours":-1,"gate":"golden"})");
  CHECK(refused.status == 422);
  CHECK(parsed(refused).at("errors").as_array().size() == 2);
  CHECK(desk.ask("PUT", target, R"({"symbol":"ETH/USD"})").status == 422);
  CHECK(desk.ask("PUT", "/api/continuous/schedules/eth", "{}").status == 404);
}
