#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>

#include "base/error.h"
#include "desk.h"

namespace ctt::replay {

namespace {

std::string create(Desk& desk, const ReplaySettings& settings) {
  return replay::create(desk.replay_context(), settings, "s", desk.candles());
}

ReplaySettings all_arms(Desk& desk) {
  auto settings = desk.settings();
  settings.arms = parse_arms("never,always,gated,scratch,placebo,hold,flat");
  settings.seeds = 2;
  return settings;
}

}  // namespace

TEST_CASE("a replay ends with the same bytes for any number of jobs, and again from the cache") {
  Desk desk;
  const auto one = create(desk, all_arms(desk));
  const auto first = run(desk.replay_context(1), one);
  std::filesystem::remove_all(cache_of(desk.home).root);
  const auto two = create(desk, all_arms(desk));
  CHECK(run(desk.replay_context(3), two).json == first.json);
  CHECK(run(desk.replay_context(2), two).json == first.json);
  CHECK(support::read(folder_of(desk.home, one).result()) == first.json + "\n");
  CHECK(first.json.find(one) == std::string::npos);
  const auto row = store::replays::get(*desk.database, one);
  CHECK(row.status == store::ReplayStatus::completed);
  CHECK(row.lineages_done == row.lineages);
  CHECK(*row.sentence == first.sentence);
}

TEST_CASE("a replay that is stopped keeps what it trained and goes on to the same bytes") {
  Desk desk;
  const auto wanted = run(desk.replay_context(), create(desk, desk.settings())).json;
  std::filesystem::remove_all(cache_of(desk.home).root);
  const auto id = create(desk, desk.settings());
  auto stopped = desk.replay_context();
  std::atomic<int> asked = 0;
  stopped.launch.stop_count = [&] { return ++asked > 6 ? 1 : 0; };
  CHECK_THROWS_AS(run(stopped, id), ReplayStopped);
  CHECK(store::replays::get(*desk.database, id).status == store::ReplayStatus::stopped);
  CHECK(run(desk.replay_context(), id).json == wanted);
}

TEST_CASE("a replay touches nothing of the schedule that it replays") {
  Desk desk;
  const auto models = store::models::list(*desk.database, {.schedule_id = {}, .with_pruned = true}).size();
  const auto events = desk.event_types().size();
  const auto schedule = desk.schedule().updated_at;
  run(desk.replay_context(), create(desk, desk.settings()));
  CHECK(store::models::list(*desk.database, {.schedule_id = {}, .with_pruned = true}).size() == models);
  CHECK(desk.event_types().size() == events);
  CHECK(desk.schedule().updated_at == schedule);
  CHECK(store::experiments::list(*desk.database).size() == 1);
}

TEST_CASE("a base that has learned from bars of the range is refused, or every number is marked") {
  Desk desk;
  auto settings = desk.settings();
  settings.seen = true;
  CHECK_THROWS_WITH_AS(create(desk, settings), doctest::Contains("has learned from bars up to"), base::Error);
  settings.allow_seen = true;
  CHECK(run(desk.replay_context(), create(desk, settings)).json.find(R"("marks":["allow_seen"])") !=
        std::string::npos);
}

TEST_CASE("a range without bars is refused before anything is written") {
  Desk desk;
  auto settings = desk.settings("2023-01-01T00:00:00Z");
  CHECK_THROWS_AS(create(desk, settings), base::Error);
  CHECK(store::replays::list(*desk.database).empty());
  CHECK_FALSE(std::filesystem::exists(desk.home.replays()));
}

TEST_CASE("two processes on one replay: the second is told who works on it") {
  Desk desk;
  const auto id = create(desk, desk.settings());
  const auto held = base::FileLock::try_acquire(folder_of(desk.home, id).lock(), "ctt replay");
  CHECK(is_running(desk.home, id));
  CHECK_THROWS_WITH_AS(run(desk.replay_context(), id), doctest::Contains("is running (pid"), base::Error);
}

TEST_CASE("trials of earlier replays of the dataset count, the same points once") {
  Desk desk;
  run(desk.replay_context(), create(desk, desk.settings()));
  auto other = desk.settings();
  other.vary = {parse_variation("lr-mult=0.5,0.9")};
  const auto result = run(desk.replay_context(), create(desk, other));
  CHECK(result.json.find(R"("trials":2,)") != std::string::npos);  // one of the two points was tried before
  CHECK(result.json.find(R"("grid":{"points":2,"trials":2)") != std::string::npos);
}

TEST_CASE("what a replay tried counts when it has been deleted") {
  Desk desk;
  const auto id = create(desk, desk.settings());
  run(desk.replay_context(), id);
  const auto tried = store::replays::trials(*desk.database, "d");
  REQUIRE(tried.size() == 1);
  store::Transaction change(*desk.database);
  store::replays::remove(change, id);
  change.commit();
  CHECK(store::replays::list(*desk.database).empty());
  CHECK(store::replays::trials(*desk.database, "d") == tried);
}

TEST_CASE("a completed replay keeps its result and trains nothing when it is resumed") {
  Desk desk;
  const auto id = create(desk, desk.settings());
  const auto first = run(desk.replay_context(), id);
  auto broken = desk.replay_context();
  broken.launch.command = {"/nowhere/ctt-learn"};
  std::filesystem::remove_all(cache_of(desk.home).root);
  const auto again = run(broken, id);
  CHECK(again.json == first.json);
  CHECK(again.sentence == first.sentence);
  CHECK(store::replays::get(*desk.database, id).status == store::ReplayStatus::completed);
}

TEST_CASE("what is tried while a replay waits to be resumed changes nothing of it") {
  Desk desk;
  auto settings = desk.settings();
  settings.vary = {parse_variation("lr-mult=0.5,0.9")};
  const auto wanted = run(desk.replay_context(), create(desk, settings)).json;
  const auto waiting = create(desk, settings);
  auto other = desk.settings();
  other.vary = {parse_variation("lr-mult=0.1,0.2")};
  run(desk.replay_context(), create(desk, other));
  CHECK(run(desk.replay_context(), waiting).json == wanted);
}

TEST_CASE("a learner that dies ends the replay as failed, and it goes on to the same bytes later") {
  Desk desk;
  const auto wanted = run(desk.replay_context(), create(desk, desk.settings())).json;
  std::filesystem::remove_all(cache_of(desk.home).root);
  const auto id = create(desk, desk.settings());
  {
    const cycle::Behaviour die("die");
    CHECK_THROWS_WITH_AS(run(desk.replay_context(), id), doctest::Contains("killed by signal 9"),
                         base::Error);
  }
  CHECK(store::replays::get(*desk.database, id).status == store::ReplayStatus::failed);
  CHECK(run(desk.replay_context(), id).json == wanted);
}

TEST_CASE("a lineage that cannot train ends the replay as failed, and it goes on later") {
  Desk desk;
  const auto id = create(desk, desk.settings());
  auto broken = desk.replay_context();
  broken.launch.command = {"/nowhere/ctt-learn"};
  CHECK_THROWS_AS(run(broken, id), base::Error);
  CHECK(store::replays::get(*desk.database, id).status == store::ReplayStatus::failed);
  CHECK_NOTHROW(run(desk.replay_context(), id));
}

}  // namespace ctt::replay
