#include "store/schedules.h"

#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::ScheduleState;
using store::Transaction;

TEST_CASE("a schedule's row comes back whole") {
  Ledger ledger;
  auto s = store::schedules::get(ledger.database, "btc");
  s.status = ScheduleState::paused;
  s.config = R"({"interval_hours":6})";
  s.current_cycle = 17;
  s.last_cycle_at = kNoon;
  s.next_cycle_at.reset();
  s.status_reason = "holiday";
  s.frozen = true;
  s.frozen_reason = "rollback";
  s.skip_next = true;
  s.flatten_at = kNoon;
  s.flatten_reason = "enough";
  change(ledger.database, [&](Transaction& t) { store::schedules::update(t, s, kNoon); });

  const auto stored = store::schedules::get(ledger.database, "btc");
  CHECK(stored.status == ScheduleState::paused);
  CHECK(stored.config == s.config);
  CHECK(stored.current_cycle == 17);
  CHECK(stored.last_cycle_at == kNoon);
  CHECK_FALSE(stored.next_cycle_at);
  CHECK(stored.status_reason == "holiday");
  CHECK(stored.frozen);
  CHECK(stored.frozen_reason == "rollback");
  CHECK(stored.skip_next);
  CHECK(stored.flatten_at == kNoon);
  CHECK(stored.flatten_reason == "enough");
  CHECK(stored.created_at == at("2026-11-20T10:00:00Z"));
  CHECK(stored.updated_at == kNoon);
}

TEST_CASE("a change of status is told with the status before") {
  Ledger ledger;
  auto s = store::schedules::get(ledger.database, "btc");
  s.status = ScheduleState::paused;
  s.next_cycle_at.reset();
  change(ledger.database, [&](Transaction& t) { store::schedules::update(t, s, kNoon, {"holiday", "ok"}); });
  CHECK(ledger.newest_event().type == "continuous_status_change");
  CHECK(
      ledger.newest_event().payload ==
      R"({"schedule_id":"btc","status":"paused","next_cycle_at":null,"previous_status":"active","frozen":false,)"
      R"("health":"ok","reason":"holiday"})");
}

TEST_CASE("halting a trader is stored with its schedule and told once") {
  Ledger ledger;
  const auto halt = [&] {
    return change(ledger.database,
                  [](Transaction& t) { return store::schedules::halt_trader(t, "btc", "drawdown", kNoon); });
  };
  CHECK(halt());
  CHECK_FALSE(halt());
  CHECK(store::schedules::get(ledger.database, "btc").halted());
  CHECK(store::schedules::get(ledger.database, "btc").trader_state_reason == "drawdown");
  CHECK(ledger.newest_event().payload ==
        R"({"schedule_id":"btc","halted":true,"reason":"drawdown","state":"halted"})");

  CHECK(change(ledger.database,
               [](Transaction& t) { return store::schedules::release_trader(t, "btc", kNoon); }));
  CHECK_FALSE(store::schedules::get(ledger.database, "btc").halted());
}

TEST_CASE("a trader escalates from active over reducing to halted, and only a release leads back") {
  Ledger ledger;
  const auto now = [&] { return store::schedules::get(ledger.database, "btc"); };
  const auto reduce = [&](const char* reason) {
    return change(ledger.database,
                  [&](Transaction& t) { return store::schedules::reduce_trader(t, "btc", reason, kNoon); });
  };
  CHECK(reduce("the position differs"));
  CHECK(now().trader_state == store::TraderState::reducing);
  CHECK_FALSE(now().halted());
  CHECK_FALSE(reduce("again"));
  CHECK(now().trader_state_reason == "the position differs");
  CHECK(change(ledger.database,
               [](Transaction& t) { return store::schedules::halt_trader(t, "btc", "drawdown", kNoon); }));
  CHECK_FALSE(reduce("later"));
  CHECK(now().halted());

  CHECK(change(ledger.database, [](Transaction& t) {
    return store::schedules::release_trader(t, "btc", kNoon + std::chrono::hours(1));
  }));
  CHECK(now().trader_state == store::TraderState::active);
  CHECK(now().trader_state_at == kNoon + std::chrono::hours(1));  // what came before it is looked at
  CHECK_FALSE(now().trader_state_reason);
}

namespace {

// A schedule whose trader is asked for a flattening, as its row and its newest event tell.
struct Flattening {
  Ledger ledger;

  store::Schedule row() { return store::schedules::get(ledger.database, "btc"); }
  bool request(const char* reason) {
    return change(ledger.database,
                  [&](Transaction& t) { return store::schedules::request_flatten(t, "btc", reason, kNoon); });
  }
  bool halt(const char* reason) {
    return change(ledger.database,
                  [&](Transaction& t) { return store::schedules::halt_trader(t, "btc", reason, kNoon); });
  }
};

}  // namespace

TEST_CASE("a flattening is stored with its first reason, and an active trader only sells from then on") {
  Flattening f;
  CHECK(f.request("holiday"));
  CHECK_FALSE(f.request("again"));
  const auto row = f.row();
  CHECK(row.flatten_reason == "holiday");
  CHECK(row.flatten_at == kNoon);
  CHECK(row.trader_state == store::TraderState::reducing);
  CHECK(row.trader_state_reason == "holiday");
  CHECK(f.ledger.newest_event().payload ==
        R"({"schedule_id":"btc","halted":false,"reason":"holiday","state":"reducing"})");
}

TEST_CASE("a limit that halts a trader does not take a flattening back, before or after it was asked for") {
  Flattening f;
  SUBCASE("halted first") {
    f.halt("drawdown");
    CHECK(f.request("holiday"));
    CHECK(f.ledger.newest_event().payload ==
          R"({"schedule_id":"btc","halted":true,"reason":"holiday","state":"halted"})");
  }
  SUBCASE("halted on the way") {
    f.request("holiday");
    CHECK(f.halt("drawdown"));
  }
  CHECK(f.row().flatten_reason == "holiday");
  CHECK(f.row().halted());
  CHECK(f.row().trader_state_reason == "drawdown");
}

TEST_CASE("a flattening that is done halts the trader and says what came of it") {
  Flattening f;
  f.request("holiday");
  change(f.ledger.database, [](Transaction& t) {
    store::schedules::finish_flatten(t, "btc", "holiday: 0 BTC/USD left", kNoon);
  });
  CHECK_FALSE(f.row().flatten_reason);
  CHECK_FALSE(f.row().flatten_at);
  CHECK(f.row().halted());
  CHECK(f.row().trader_state_reason == "holiday: 0 BTC/USD left");
  CHECK(f.ledger.newest_event().type == "live_halt_change");
}

TEST_CASE("an operator takes a flattening back, by a release or alone") {
  Flattening f;
  f.request("holiday");
  SUBCASE("a release") {
    CHECK(change(f.ledger.database,
                 [](Transaction& t) { return store::schedules::release_trader(t, "btc", kNoon); }));
    CHECK(f.row().trader_state == store::TraderState::active);
  }
  SUBCASE("alone") {
    const auto withdraw = [&] {
      return change(f.ledger.database,
                    [](Transaction& t) { return store::schedules::withdraw_flatten(t, "btc", kNoon); });
    };
    CHECK(withdraw());
    CHECK_FALSE(withdraw());
    CHECK(f.row().trader_state == store::TraderState::reducing);
  }
  CHECK_FALSE(f.row().flatten_reason);
}

TEST_CASE("the only schedule need not be named") {
  Ledger ledger;
  CHECK(store::schedules::get_or_only(ledger.database, std::nullopt).id == "btc");
  change(ledger.database, [](Transaction& t) { store::schedules::insert(t, schedule_row("eth")); });
  const auto several = caught([&] { store::schedules::get_or_only(ledger.database, std::nullopt); });
  CHECK(several.exit_status == 2);
  CHECK(several.sentence == "there are 2 schedules (btc, eth); name one");
  CHECK(store::schedules::get_or_only(ledger.database, "eth").id == "eth");
  CHECK(caught([&] { store::schedules::get(ledger.database, "btx"); }).sentence ==
        "no schedule is called \"btx\" (did you mean \"btc\"?)");
  CHECK(caught([&] {
          change(ledger.database, [](Transaction& t) { store::schedules::insert(t, schedule_row("eth")); });
        }).exit_status == 5);
}

TEST_CASE("without a schedule the answer says how to make one") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  const auto none = caught([&] { store::schedules::get_or_only(database, std::nullopt); });
  CHECK(none.exit_status == 3);
  CHECK(none.fix == "ctt schedule start --help");
}

TEST_CASE("a schedule cannot name an experiment, pack or dataset that is not there") {
  Ledger ledger;
  auto s = schedule_row("eth");
  s.hp_pack_id = "nothing";
  CHECK(caught([&] {
          change(ledger.database, [&](Transaction& t) { store::schedules::insert(t, s); });
        }).exit_status == 1);
  CHECK_FALSE(store::schedules::find(ledger.database, "eth"));
}

TEST_CASE("the model that the next cycle trains from has the path of the plan") {
  Ledger ledger;
  change(ledger.database, [](Transaction& t) { store::schedules::set_current_model(t, "btc", 1, kNoon); });
  CHECK(store::schedules::get(ledger.database, "btc").current_checkpoint_path == "models/v1");
}

}  // namespace ctt
