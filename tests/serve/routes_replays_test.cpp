#include "contract.h"
#include "replay/replay_folder.h"
#include "workshop.h"

using namespace ctt;
using namespace ctt::serve;

namespace {

constexpr auto kResult =
    R"({"schema":"ctt.replay.result/1","sentence":"Undecided.","verdict":"undecided","marks":[],"settings":{"seeds":1},)"
    R"("bars":2,"first_bar":"2024-01-01T00:00:00Z","last_bar":"2024-01-01T01:00:00Z","points":[{"point":0,"vary":{},)"
    R"("slots":1,"arms":[{"arm":"never","median":{"trades":3},"lowest":{},"highest":{},"seeds":[]}],"comparisons":[],)"
    R"("gate":{"real":null,"placebo":null,"same_parent":false},"curves":{"times":[]},"cycles":[]}],"grid":null})";

struct ReplayDesk : Workshop {
  void add(const std::string& id, store::ReplayStatus status) {
    change([&](store::Transaction& change) {
      store::Replay row;
      row.id = id;
      row.dataset_id = "d";
      row.status = status;
      row.created_at = sample::kNoon;
      store::replays::insert(change, row);
      if (status == store::ReplayStatus::completed)
        store::replays::finish(change, id, {.sentence = "Undecided."}, sample::kNoon);
    });
  }
  void add_completed(const std::string& id) {
    add(id, store::ReplayStatus::completed);
    const auto folder = replay::folder_of(home, id);
    base::make_directory(folder.path);
    base::write_file_atomically(folder.result(), kResult);
    base::write_file_atomically(folder.report(), "<!doctype html><title>Replay</title>");
  }
};

}  // namespace

TEST_CASE("a replay is listed, told in tables, and its report is a page") {
  ReplayDesk desk;
  desk.add_completed("replay-000000000001");
  const auto all = desk.ask("GET", "/api/replays");
  CHECK_CONTRACT(all, "Replay[]");
  const auto one = desk.ask("GET", "/api/replays/replay-000000000001");
  CHECK_CONTRACT(one, "ReplayDetail");
  CHECK(one.body.find(R"("arms":[{"arm":"never","median":{"trades":3})") != std::string::npos);
  CHECK(one.body.find("curves") == std::string::npos);
  const auto page = desk.ask("GET", "/api/replays/replay-000000000001/report");
  CHECK(page.content_type == "text/html; charset=utf-8");
  CHECK(page.body.starts_with("<!doctype html>"));
}

TEST_CASE("a replay that was killed is stopped, and has no report yet") {
  ReplayDesk desk;
  desk.add("replay-000000000002", store::ReplayStatus::running);
  const auto one = desk.ask("GET", "/api/replays/replay-000000000002");
  CHECK_CONTRACT(one, "ReplayDetail");
  CHECK(parsed(one).string("status") == "stopped");
  const auto page = desk.ask("GET", "/api/replays/replay-000000000002/report");
  CHECK(page.status == 404);
  CHECK(page.body.find("it is stopped") != std::string::npos);
  CHECK(parsed(desk.ask("POST", "/api/replays/replay-000000000002/stop")).at("asked").as_bool() == false);
}

TEST_CASE("a schedule is replayed by the command, and what it would refuse is refused at once") {
  ReplayDesk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  desk.ctt_does("exit 0");
  const auto refused = [&](const std::string& body) { return desk.ask("POST", "/api/replays", body).status; };
  CHECK(refused(R"({"schedule_id":"btc"})") == 422);
  CHECK(refused(R"({"schedule_id":"none","from":"2024-01-01"})") == 404);
  CHECK(refused(R"({"schedule_id":"btc","from":"2024-01-01","arms":"never,sometimes"})") == 422);
  CHECK(refused(R"({"schedule_id":"btc","from":"2024-01-01","seeds":0})") == 422);
  const auto answer = desk.ask("POST", "/api/replays",
                               R"({"schedule_id":"btc","from":"2024-01-01","arms":"never,gated","seeds":2})");
  CHECK(answer.status == 202);
  CHECK_CONTRACT(answer, "Accepted");
  CHECK(desk.words() == std::vector<std::string>{"--json", "--no-input", "replay", "--schedule", "btc",
                                                 "--from", "2024-01-01T00:00:00Z", "--arms", "never,gated",
                                                 "--seeds", "2"});
}

TEST_CASE("beside a replay that runs none is started, and it is asked to stop") {
  ReplayDesk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  desk.add("replay-000000000003", store::ReplayStatus::running);
  const auto folder = replay::folder_of(desk.home, "replay-000000000003");
  base::make_directory(folder.path);
  const auto held = base::FileLock::acquire(folder.lock(), "ctt replay");
  const auto answer = desk.ask("POST", "/api/replays", R"({"schedule_id":"btc","from":"2024-01-01"})");
  CHECK(answer.status == 409);
  CHECK(answer.body.find("replay replay-000000000003 runs") != std::string::npos);
  CHECK(desk.ask("POST", "/api/replays/replay-000000000003/resume").status == 409);
}
