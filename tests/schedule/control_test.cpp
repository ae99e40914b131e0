#include "schedule/control.h"

#include "store/sample.h"

namespace ctt {

using namespace sample;
using namespace std::chrono_literals;
using schedule::ControlOutcome;
using store::ScheduleState;
using store::Transaction;

namespace {

schedule::StartRequest request(std::string name) {
  return {.name = std::move(name),
          .base_experiment_id = "base",
          .dataset_id = "btc-1h",
          .hp_pack_id = "quick",
          .config = {}};
}

/// The basics and one change after the other at noon.
struct Desk : Ledger {
  template <class Work>
  ControlOutcome act(Work work) {
    return change(database, [&](Transaction& t) { return work(t); });
  }
  ControlOutcome start(const schedule::StartRequest& what) {
    return act([&](Transaction& t) { return schedule::start(t, what, kNoon); });
  }
  store::Schedule row(std::string_view id) { return store::schedules::get(database, id); }
};

}  // namespace

TEST_CASE("a new schedule is active, waits for its first slot and trains from the base model") {
  Desk desk;
  CHECK(desk.start(request("ETH hourly")) == ControlOutcome::done);
  const auto row = desk.row("eth-hourly");
  CHECK(row.status == ScheduleState::active);
  CHECK(row.base_experiment_id == "exp-000000000001");
  CHECK(row.next_cycle_at == at("2026-11-23T18:00:20Z"));  // noon's own slot is over
  CHECK(row.current_model_version == 1);
  CHECK(row.current_checkpoint_path == "models/v1");
  CHECK(schedule::config_of(row) == schedule::Config{});
  CHECK(desk.newest_event().payload ==
        R"({"schedule_id":"eth-hourly","status":"active","next_cycle_at":"2026-11-23T18:00:20Z",)"
        R"("previous_status":"idle","frozen":false,"health":"ok","reason":null})");
}

TEST_CASE("what a schedule needs has to be there") {
  Desk desk;
  const auto refused = [&](auto edit) {
    auto r = request("eth");
    edit(r);
    return caught([&] { static_cast<void>(desk.start(r)); });
  };
  change(desk.database,
         [](Transaction& t) { store::experiments::insert(t, experiment("exp-00000000000b", "raw")); });
  CHECK(refused([](auto& r) { r.base_experiment_id = "raw"; }).sentence ==
        "cannot start a schedule from \"raw\": it has no checkpoint");
  CHECK(refused([](auto& r) { r.base_experiment_id = "nothing"; }).exit_status == 3);
  CHECK(refused([](auto& r) { r.dataset_id = "nothing"; }).fix == "ctt datasets list");
  CHECK(refused([](auto& r) { r.hp_pack_id = "quikc"; }).sentence ==
        "no pack is called \"quikc\" (did you mean \"quick\"?)");
  CHECK(refused([](auto& r) { r.config.interval = 30s; }).exit_status == 2);
  CHECK_FALSE(store::schedules::find(desk.database, "eth"));
}

TEST_CASE("a gate that nothing can pass is refused at the start and by an update") {
  const auto sentence =
      "schedule btc: the gate strict can never pass: it compares on 50 held-back bars at least, and 6 of 60 "
      "are "
      "held back; hold 50 back of a window of 100 or more, or take the gate basic";
  schedule::Config config;
  config.gate = schedule::Gate::strict;
  config.window_candles = 60;
  config.holdout_candles = 6;
  CHECK(caught([&] { schedule::refuse_impossible_gate(config, "schedule btc"); }).sentence == sentence);
  config.window_candles = 100;
  config.holdout_candles = 50;
  CHECK_NOTHROW(schedule::refuse_impossible_gate(config, "schedule btc"));
  config.holdout_candles = 6;
  config.gate = schedule::Gate::basic;
  CHECK_NOTHROW(schedule::refuse_impossible_gate(config, "schedule btc"));
}

TEST_CASE("pause and resume, stop and start go through and may be repeated") {
  Desk desk;
  const auto pause = [&] {
    return desk.act([](Transaction& t) { return schedule::pause(t, "btc", "holiday", kNoon); });
  };
  const auto resume = [&] {
    return desk.act([](Transaction& t) { return schedule::resume(t, "btc", kNoon + 40h); });
  };
  const auto stop = [&] {
    return desk.act([](Transaction& t) { return schedule::stop(t, "btc", std::nullopt, kNoon); });
  };

  CHECK(pause() == ControlOutcome::done);
  const auto seq = store::events::last_seq(desk.database);
  CHECK(pause() == ControlOutcome::already);
  CHECK(store::events::last_seq(desk.database) == seq);  // nothing happened, nothing is told
  CHECK(desk.row("btc").status_reason == "holiday");
  CHECK_FALSE(desk.row("btc").next_cycle_at);

  CHECK(resume() == ControlOutcome::done);
  CHECK(resume() == ControlOutcome::already);
  CHECK(desk.row("btc").next_cycle_at ==
        at("2026-11-25T06:00:20Z"));  // what passed meanwhile is not made up for
  CHECK_FALSE(desk.row("btc").status_reason);

  CHECK(stop() == ControlOutcome::done);
  CHECK(stop() == ControlOutcome::already);
  CHECK(desk.row("btc").status == ScheduleState::idle);
  CHECK(caught([&] { static_cast<void>(pause()); }).sentence == "schedule btc is stopped");
  CHECK(caught([&] { static_cast<void>(pause()); }).fix == "ctt schedule resume --schedule btc");
  CHECK(resume() == ControlOutcome::done);  // with the settings that it has
  CHECK(desk.row("btc").status == ScheduleState::active);
  CHECK(desk.row("btc").config == "{}");
}

TEST_CASE(
    "starting an active schedule changes nothing, a paused one is to be resumed, a stopped one goes on") {
  Desk desk;
  auto other = request("btc");
  other.config.interval = 1h;
  CHECK(desk.start(other) == ControlOutcome::already);
  CHECK(desk.row("btc").config == "{}");

  static_cast<void>(desk.act([](Transaction& t) { return schedule::pause(t, "btc", std::nullopt, kNoon); }));
  CHECK(caught([&] { static_cast<void>(desk.start(other)); }).fix == "ctt schedule resume --schedule btc");

  change(desk.database, [](Transaction& t) {
    static_cast<void>(schedule::stop(t, "btc", std::nullopt, kNoon));
    auto row = store::schedules::get(t, "btc");
    row.current_cycle = 17;
    store::schedules::update(t, row, kNoon);
  });
  CHECK(desk.start(other) == ControlOutcome::done);
  CHECK(desk.row("btc").current_cycle == 17);
  CHECK(desk.row("btc").next_cycle_at == at("2026-11-23T13:00:20Z"));
}

TEST_CASE("freezing is independent of the status and told") {
  Desk desk;
  const auto freeze = [&] {
    return desk.act([](Transaction& t) { return schedule::freeze(t, "btc", "rollback", kNoon); });
  };
  CHECK(freeze() == ControlOutcome::done);
  CHECK(freeze() == ControlOutcome::already);
  CHECK(desk.row("btc").frozen_reason == "rollback");
  CHECK(desk.newest_event().payload.find(R"("frozen":true)") != std::string::npos);
  CHECK(desk.act([](Transaction& t) { return schedule::unfreeze(t, "btc", kNoon); }) == ControlOutcome::done);
  CHECK_FALSE(desk.row("btc").frozen_reason);
}

TEST_CASE("new settings count from the next slot on") {
  Desk desk;
  schedule::Config config;
  const auto update = [&] {
    return desk.act([&](Transaction& t) { return schedule::update(t, "btc", config, kNoon); });
  };
  CHECK(update() == ControlOutcome::already);
  config.window_candles = 500;
  CHECK(update() == ControlOutcome::done);
  CHECK(desk.row("btc").next_cycle_at == at("2026-11-23T18:00:20Z"));
  config.interval = 2h;
  CHECK(update() == ControlOutcome::done);
  CHECK(desk.row("btc").next_cycle_at == at("2026-11-23T14:00:20Z"));
  config.window_candles = 1;
  CHECK(caught([&] { static_cast<void>(update()); }).exit_status == 2);
}

TEST_CASE("the next slot can be left out only when one is to come") {
  Desk desk;
  const auto skip = [&] {
    return desk.act([](Transaction& t) { return schedule::skip_next(t, "btc", kNoon); });
  };
  CHECK(skip() == ControlOutcome::done);
  CHECK(skip() == ControlOutcome::already);
  static_cast<void>(desk.act([](Transaction& t) { return schedule::stop(t, "btc", std::nullopt, kNoon); }));
  CHECK(caught([&] { static_cast<void>(skip()); }).sentence == "schedule btc is idle: no slot is to come");
}

}  // namespace ctt
