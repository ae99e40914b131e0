#include "trader/journal_writer.h"

#include <thread>

#include "rig.h"
#include "store/schedules.h"

namespace ctt::trader {
namespace {

using namespace std::chrono_literals;

struct Desk {
  Desk() {
    store::LiveSession session;
    session.id = "live-000000000001";
    session.schedule_id = "btc";
    session.symbol = "BTC/USD";
    session.timeframe = "1h";
    session.started_at = clock.now();
    store::Transaction change(rig.database);
    store::live_sessions::insert(change, session);
    change.commit();
  }
  JournalWriter::Options options(std::size_t capacity = 64) const {
    return {rig.home.database(), "live-000000000001", "btc", true, capacity, 300ms, false};
  }
  store::LiveDecision decision(int step) const {
    store::LiveDecision made;
    made.session_id = "live-000000000001";
    made.bar_open_time = base::Seconds(std::chrono::hours(step));
    made.step = step;
    made.model_version = 1;
    made.model_sha256 = "x";
    return made;
  }

  Rig rig;
  base::SystemClock clock;
};

TEST_CASE("everything that was written is there after the writer is gone") {
  Desk desk;
  {
    JournalWriter journal(desk.options(), desk.clock);
    for (int step = 1; step <= 500; ++step) journal.decided(desk.decision(step));
    store::SessionState state;
    state.equity = 123;
    state.total_bars = 500;
    journal.account_changed(state);
  }
  CHECK(store::live_decisions::count(desk.rig.database, "live-000000000001") == 500);
  CHECK(store::live_sessions::get(desk.rig.database, "live-000000000001").state.equity == 123);
}

TEST_CASE("a durable order is in the database when the call returns") {
  Desk desk;
  JournalWriter journal(desk.options(), desk.clock);
  store::LiveOrder order;
  order.client_order_id = "ctt-btc-1";
  order.session_id = "live-000000000001";
  order.schedule_id = "btc";
  order.symbol = "BTC/USD";
  order.notional = 100;
  CHECK(journal.ordered_durably(order));
  CHECK_FALSE(journal.ordered_durably(order));  // whoever sees that sends nothing
  const auto found = store::live_orders::find(desk.rig.database, "ctt-btc-1");
  REQUIRE(found);
  CHECK(found->status == store::OrderStatus::intended);
}

TEST_CASE("a halt is in the database when the call returns") {
  Desk desk;
  JournalWriter journal(desk.options(), desk.clock);
  store::SessionState account;
  account.position_qty = 3;
  journal.escalated_durably(TraderState::halted, "too much lost", account);
  CHECK(store::live_sessions::get(desk.rig.database, "live-000000000001").state.position_qty == 3);
  const auto schedule = store::schedules::find(desk.rig.database, "btc");
  REQUIRE(schedule);
  CHECK(schedule->halted());
  CHECK(schedule->trader_state_reason == "too much lost");
}

TEST_CASE("with a full queue the bar thread waits and nothing is lost") {
  Desk desk;
  JournalWriter journal(desk.options(2), desk.clock);
  {
    // While somebody else holds the write lock, only the queue and one batch can take entries.
    std::optional<store::Transaction> blocking(desk.rig.database);
    std::thread release([&] {
      std::this_thread::sleep_for(50ms);
      blocking.reset();
    });
    const auto began = std::chrono::steady_clock::now();
    for (int step = 1; step <= 20; ++step) journal.decided(desk.decision(step));
    CHECK(std::chrono::steady_clock::now() - began > 30ms);
    release.join();
  }
  journal.flush();
  CHECK(store::live_decisions::count(desk.rig.database, "live-000000000001") == 20);
}

TEST_CASE("a journal that cannot be written ends the trading, with a sentence") {
  Desk desk;
  JournalWriter journal(desk.options(), desk.clock);
  auto decision = desk.decision(1);
  decision.session_id = "live-nobody";  // no such session: the database refuses it for ever
  journal.decided(decision);
  CHECK_THROWS_WITH(journal.flush(), doctest::Contains("the journal cannot be written"));
  CHECK_THROWS(journal.decided(decision));
}

}  // namespace
}  // namespace ctt::trader
