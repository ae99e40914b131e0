#include "upkeep/trader_health.h"

#include <unistd.h>

#include "base/files.h"
#include "store/live_sessions.h"
#include "store/sample.h"
#include "wire/server.h"

namespace ctt::upkeep {

namespace {

using namespace std::chrono_literals;

/// A schedule btc whose trader, this process, began a session.
struct Watched : sample::Ledger {
  base::Home home{scratch / "home"};
  base::ManualClock clock{sample::kNoon};
  std::optional<base::FileLock> lock;

  Watched() { home.create(); }

  void begin(bool replay = false) {
    lock = base::FileLock::try_acquire(home.trader_lock("btc"), "ctt trade");
    sample::change(database, [&](store::Transaction& change) {
      store::LiveSession session;
      session.id = fmt::format("live-{:012}", ++sessions);
      session.schedule_id = "btc";
      session.symbol = "BTC/USD";
      session.timeframe = "1h";
      session.pid = ::getpid();
      session.replay = replay;
      session.started_at = sample::kNoon;
      store::live_sessions::insert(change, session);
    });
  }
  void end(store::SessionStatus status, const std::optional<std::string>& message = {}) {
    lock.reset();
    sample::change(database, [&](store::Transaction& change) {
      store::live_sessions::finish(change, fmt::format("live-{:012}", sessions), status, message,
                                   sample::kNoon);
    });
  }
  TraderHealth health() {
    return trader_health({database, home, clock}, store::schedules::get(database, "btc"), 500ms);
  }
  int sessions = 0;
};

/// A trader that answers `status` with these fields.
struct Answering {
  wire::Server server;
  Answering(const base::Home& home, std::string fields)
      : server(wire::Server::Options(home.trader_socket("btc")),
               [fields = std::move(fields)](const wire::Request&) { return wire::Answer::yes(fields); }) {}
};

}  // namespace

TEST_CASE("nothing is expected of a schedule without a trader, nor of one that was stopped") {
  Watched watched;
  CHECK(watched.health().ok());
  CHECK_FALSE(watched.health().running);
  watched.begin();
  CHECK(watched.health().ok());
  CHECK(watched.health().running);
  watched.end(store::SessionStatus::stopped);
  CHECK(watched.health().ok());
  CHECK_FALSE(watched.health().running);
}

TEST_CASE("a trader that was killed is found by its lock, which nobody holds") {
  Watched watched;
  watched.begin();
  watched.lock.reset();  // as a SIGKILL does, the row says running
  CHECK_FALSE(watched.health().running);
  CHECK(watched.health().finding ==
        "the trader of btc is gone without a word; start it: ctt trade --schedule btc");
  watched.begin(true);  // a replay beside it hides nothing
  watched.lock.reset();
  CHECK_FALSE(watched.health().ok());
}

TEST_CASE("a trader that failed is a finding with its reason") {
  Watched watched;
  watched.begin();
  watched.end(store::SessionStatus::failed, "Alpaca refuses the keys");
  CHECK(watched.health().finding.starts_with("the trader of btc failed: Alpaca refuses the keys; start it"));
}

TEST_CASE("a trader that may only sell, or nothing, is a finding while it runs") {
  Watched watched;
  watched.begin();
  const Answering trader(watched.home, "{}");
  CHECK(watched.health().ok());
  sample::change(watched.database, [](store::Transaction& change) {
    auto row = store::schedules::get(change, "btc");
    row.trader_state = store::TraderState::reducing;
    row.trader_state_reason = "books differ";
    store::schedules::update(change, row, sample::kNoon);
  });
  CHECK(watched.health().finding ==
        "the trader of btc is reducing: books differ; after a look, ctt trade resume --schedule btc");
}

TEST_CASE("books that could not be read for a minute are a finding, and a trader may say nothing of books") {
  Watched watched;
  watched.begin();
  const auto with = [&](const char* fields) {
    const Answering trader(watched.home, fields);
    return watched.health();
  };
  CHECK(with(R"({"state":"active"})").ok());
  CHECK_FALSE(with(R"({"state":"active"})").books_unread_s.has_value());
  CHECK(with(R"({"books_unread_s":null})").books_unread_s == 0);
  CHECK(with(R"({"books_unread_s":12.5})").ok());
  CHECK(with(R"({"books_unread_s":12.5})").books_unread_s == 12.5);
  CHECK(with(R"({"books_unread_s":125})").finding.find("has not read the broker's books for 2 min") !=
        std::string::npos);
}

}  // namespace ctt::upkeep
