#include "serve/metrics.h"

#include <unistd.h>

#include <doctest/doctest.h>

#include "base/files.h"
#include "store/live_sessions.h"
#include "store/sample.h"
#include "support/scratch.h"
#include "wire/server.h"

using namespace ctt;

namespace {

upkeep::TraderHealth nobody(const store::Schedule&) { return {}; }

}  // namespace

TEST_CASE("metrics of an empty state directory are valid Prometheus text") {
  support::Scratch scratch;
  const base::Home home{scratch.path()};
  store::Database database(home.database());
  const base::SystemClock clock;
  const auto text = serve::prometheus({database, home, clock}, 3, nobody);
  CHECK(text.find("# TYPE ctt_up gauge\nctt_up 1\n") != std::string::npos);
  CHECK(text.find("ctt_websocket_clients 3\n") != std::string::npos);
  CHECK(text.find("ctt_events_last_seq 0\n") != std::string::npos);
}

TEST_CASE("a trader runs while its lock is held, and its state and unread books are gauges") {
  sample::Ledger ledger;
  const base::Home home{ledger.scratch / "home"};
  const base::ManualClock clock{sample::kNoon};
  home.create();
  sample::change(ledger.database, [](store::Transaction& change) {
    auto row = store::schedules::get(change, "btc");
    row.trader_state = store::TraderState::reducing;
    store::schedules::update(change, row, sample::kNoon);
    store::LiveSession session;
    session.id = "live-000000000001";
    session.schedule_id = "btc";
    session.symbol = "BTC/USD";
    session.timeframe = "1h";
    session.pid = ::getpid();
    session.started_at = sample::kNoon;
    store::live_sessions::insert(change, session);
  });
  const auto ask = [&](const store::Schedule& schedule) {
    return upkeep::trader_health(home, schedule, std::chrono::milliseconds(500));
  };
  const auto has = [&](const char* line) {
    return serve::prometheus({ledger.database, home, clock}, 0, ask).find(line) != std::string::npos;
  };
  {
    const auto lock = base::FileLock::try_acquire(home.trader_lock("btc"), "ctt trade");
    CHECK(has("ctt_trader_running{schedule=\"btc\"} 1\n"));
    CHECK_FALSE(has("ctt_trader_books_unread_seconds"));  // nobody said
    const wire::Server trader(wire::Server::Options(home.trader_socket("btc")), [](const wire::Request&) {
      return wire::Answer::yes(R"({"books_unread_s":42.5,"stream_refusals":3})");
    });
    CHECK(has("ctt_trader_books_unread_seconds{schedule=\"btc\"} 42.5\n"));
    CHECK(has("ctt_trader_stream_refusals{schedule=\"btc\"} 3\n"));
  }
  // Killed: the row says running still.
  CHECK(has("ctt_trader_running{schedule=\"btc\"} 0\n"));
  CHECK(has("ctt_condition{schedule=\"btc\",condition=\"trader_gone\",level=\"critical\"} 1\n"));
  CHECK(has("ctt_verdict_level{schedule=\"btc\"} 3\n"));
  CHECK(has("ctt_trader_state{schedule=\"btc\",state=\"reducing\"} 1\n"));
  CHECK(has("ctt_trader_state{schedule=\"btc\",state=\"active\"} 0\n"));
}
