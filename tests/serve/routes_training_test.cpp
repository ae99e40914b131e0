#include <unistd.h>

#include <filesystem>
#include <thread>

#include "cycle/launcher.h"
#include "store/cycle_journal.h"
#include "workshop.h"

using namespace ctt;
using namespace ctt::serve;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kHiddenPid = 4'194'304;  // above what the kernel gives

struct TrainingDesk : Workshop {
  void add_running(std::int64_t pid) {
    change([&](store::Transaction& change) {
      auto running = sample::experiment("exp-000000000009", "now");
      running.pid = pid;
      running.total_iterations = 20;
      store::experiments::insert(change, running);
      store::experiments::add_iteration(change, running.id, 7, R"({"pnl_mean":1})", sample::kNoon);
    });
  }
};

}  // namespace

TEST_CASE("a launch starts the command with the id that it answers") {
  TrainingDesk desk;
  desk.ctt_does("exit 0");
  const auto answer =
      desk.ask("POST", "/api/training/launch",
               R"({"name":"mine","hp_pack_id":"quick","dataset_id":"btc-1h","tags":["a","k=v"],)"
               R"("overrides":{"lr":0.001,"model":{"fcnet_hiddens":[8,8]}}})");
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  auto launched = parsed(answer);
  CHECK(launched.string("status") == "launched");
  CHECK(desk.words() == std::vector<std::string>{"--json",
                                                 "--no-input",
                                                 "train",
                                                 "--id",
                                                 launched.string("experiment_id"),
                                                 "--pack",
                                                 "quick",
                                                 "--dataset",
                                                 "btc-1h",
                                                 "--name",
                                                 "mine",
                                                 "--tag",
                                                 "a",
                                                 "--tag",
                                                 "k=v",
                                                 "--set",
                                                 "lr=0.001",
                                                 "--set",
                                                 "model.fcnet_hiddens=[8,8]",
                                                 "--candles",
                                                 "5000"});
}

TEST_CASE("a launch that cannot be is refused before anything starts") {
  TrainingDesk desk;
  desk.ctt_does("exit 0");
  const auto launch = [&](const std::string& body) {
    return desk.ask("POST", "/api/training/launch", body).status;
  };
  CHECK(launch(R"({"hp_pack_id":"slow","dataset_id":"btc-1h"})") == 404);
  CHECK(launch(R"({"hp_pack_id":"quick"})") == 422);
  CHECK(launch(R"({"hp_pack_id":"quick","dataset_id":"btc-1h","tags":["cycle:3"]})") == 422);
  CHECK(launch(R"({"hp_pack_id":"quick","dataset_id":"btc-1h","overrides":{"speed":9}})") == 422);
  CHECK(launch(R"({"hp_pack_id":"quick","dataset_id":"btc-1h","colour":"red"})") == 422);
  for (const auto* wrong : {R"("iterations":0)", R"("candles":-5)", R"("seed":-1)", R"("from":"soon")"}) {
    CAPTURE(wrong);
    CHECK(launch(fmt::format(R"({{"hp_pack_id":"quick","dataset_id":"btc-1h",{}}})", wrong)) == 422);
  }
  desk.add_running(getpid());
  const auto lock = cycle::TrainingLock::try_acquire(desk.home, "ctt train");
  const auto busy =
      desk.ask("POST", "/api/training/launch", R"({"hp_pack_id":"quick","dataset_id":"btc-1h"})");
  CHECK(busy.status == 409);
  CHECK(parsed(busy).string("code") == "E_BUSY");
  CHECK(parsed(busy).at("current").as_array().size() == 1);
  CHECK_FALSE(std::filesystem::exists(desk.words_file));
}

TEST_CASE("a request that is told to try again later has started nothing") {
  TrainingDesk desk;
  const auto starts = desk.scratch / "starts";
  desk.ctt_does(fmt::format("echo x >> {}; exec sleep 10", starts.string()));
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  const auto run_now = [&] { return desk.ask("POST", "/api/continuous/run-now", "{}").status; };
  for (std::size_t i = 0; i < Background::kMost; ++i) REQUIRE(run_now() == 202);
  const auto started = [&] {
    return std::filesystem::exists(starts) ? std::filesystem::file_size(starts) / 2 : 0;
  };
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (started() < Background::kMost && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(2ms);
  CHECK(run_now() == 503);
  std::this_thread::sleep_for(100ms);
  CHECK(started() == Background::kMost);
}

TEST_CASE("a launched command that fails says why in an event with its id") {
  TrainingDesk desk;
  desk.ctt_does(R"(echo 'a line of log' >&2
echo '{"schema":"ctt.error/1","code":"E_DATA_BLOCKED","exit":6,"message":"too few bars","fix":[]}' >&2
exit 6)");
  auto launched = parsed(
      desk.ask("POST", "/api/training/launch", R"({"hp_pack_id":"quick","dataset_id":"btc-1h","seed":7})"));
  desk.routes->wait();
  const auto event = desk.newest_event();
  REQUIRE(event.type == "command_failed");
  auto failed = base::JsonValue::parse(event.json(), "event").as_object();
  CHECK(failed.string("request_id") == launched.string("experiment_id"));
  CHECK(failed.string("code") == "E_DATA_BLOCKED");
  CHECK(failed.string("message") == "too few bars");
}

TEST_CASE("what was launched lives on when the server ends") {
  TrainingDesk desk;
  const auto done = desk.scratch / "done";
  desk.ctt_does(fmt::format("sleep 0.3; echo x > {}", done.string()));
  REQUIRE(
      desk.ask("POST", "/api/training/launch", R"({"hp_pack_id":"quick","dataset_id":"btc-1h"})").status ==
      200);
  const auto words = desk.words();
  desk.routes.reset();
  CHECK_FALSE(std::filesystem::exists(done));
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (!std::filesystem::exists(done) && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(5ms);
  CHECK(std::filesystem::exists(done));
}

TEST_CASE("running trainings are those whose process holds the lock") {
  TrainingDesk desk;
  desk.add_running(getpid());
  CHECK(desk.ask("GET", "/api/training/running").body == "[]");
  CHECK(desk.ask("POST", "/api/training/now/cancel").status == 409);  // nobody is there to be asked
  const auto lock = cycle::TrainingLock::try_acquire(desk.home, "ctt train");
  const auto running = base::JsonValue::parse(desk.ask("GET", "/api/training/running").body, "").as_array();
  REQUIRE(running.size() == 1);
  auto one = running[0].as_object();
  check_fields(one, {"experiment_id", "name", "started_at", "iteration", "total_iterations"});
  CHECK(one.integer("iteration") == 7);
  auto status = parsed(desk.ask("GET", "/api/status"));
  check_fields(status, {"type", "is_training", "is_paused", "experiment_id", "current_iteration",
                        "dashboard_clients", "training_producers"});
  CHECK(status.boolean("is_training", false));
  CHECK(status.integer("current_iteration") == 7);
}

// Under ProtectProc=invisible the server sees nothing of a timer's cycle in /proc.
TEST_CASE("a cycle whose process cannot be seen is in the way of a training all the same") {
  TrainingDesk desk;
  desk.ctt_does("exit 0");
  desk.change([](store::Transaction& change) {
    store::schedules::insert(change, sample::schedule_row("btc"));
    store::cycles::claim(change,
                         {.schedule_id = "btc",
                          .slot_at = sample::kNoon,
                          .pid = kHiddenPid,
                          .process = "boot/1",
                          .parent_model_version = 1},
                         sample::kNoon);
  });
  const auto launch = [&] {
    return desk.ask("POST", "/api/training/launch", R"({"hp_pack_id":"quick","dataset_id":"btc-1h"})").status;
  };
  {
    const auto lock = cycle::TrainingLock::try_acquire(desk.home, "ctt cycle run");
    support::write(desk.home.training_lock(),
                   fmt::format("{} 2026-11-23T12:00:20Z ctt cycle run\n", kHiddenPid));
    CHECK(launch() == 409);
    CHECK_FALSE(std::filesystem::exists(desk.words_file));
  }
  CHECK(launch() == 200);
}

TEST_CASE("a training that has ended need not be cancelled") {
  TrainingDesk desk;
  auto cancelled = parsed(desk.ask("POST", "/api/training/base/cancel"));
  CHECK(cancelled.string("status") == "completed");
  CHECK_FALSE(cancelled.boolean("asked", true));
  CHECK(desk.ask("POST", "/api/training/nobody/cancel").status == 404);
}

TEST_CASE("a cycle asked for now runs as the command does") {
  TrainingDesk desk;
  desk.ctt_does("exit 0");
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  const auto answer = desk.ask("POST", "/api/continuous/run-now", "{}");
  REQUIRE(answer.status == 202);
  auto accepted = parsed(answer);
  CHECK(accepted.string("request_id").starts_with("req-"));
  CHECK(accepted.at("status").as_object().string("schedule_id") == "btc");
  CHECK(desk.words() ==
        std::vector<std::string>{"--json", "--no-input", "cycle", "run", "--now", "--schedule", "btc"});
  CHECK(desk.ask("POST", "/api/continuous/run-now", R"({"schedule_id":"eth"})").status == 404);
}
