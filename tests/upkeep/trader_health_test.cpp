#include "upkeep/verdict.h"

#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "base/files.h"
#include "schedule/trade_command.h"
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

  void begin(bool replay = false, const std::string& account = "") {
    lock = base::FileLock::try_acquire(home.trader_lock("btc"), "ctt trade");
    sample::change(database, [&](store::Transaction& change) {
      store::LiveSession session;
      session.id = fmt::format("live-{:012}", ++sessions);
      session.schedule_id = "btc";
      session.symbol = "BTC/USD";
      session.timeframe = "1h";
      session.pid = ::getpid();
      session.replay = replay;
      session.account = account;
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
  /// What holds of the trader, by code; the first one's sentence and command in `reason`.
  std::vector<std::string> conditions() {
    const auto row = store::schedules::get(database, "btc");
    said = trader_health(home, row, 500ms);
    std::vector<std::string> codes;
    first = {};
    for (const auto& condition : trader_conditions({database, home, clock}, row, said)) {
      if (codes.empty()) first = condition;
      codes.push_back(condition.code);
    }
    return codes;
  }
  bool running() {
    return verdict({database, home, clock}, store::schedules::get(database, "btc"), {}).trader_running;
  }
  void with_schedule(const std::function<void(store::Schedule&)>& edit) {
    sample::change(database, [&](store::Transaction& change) {
      auto row = store::schedules::get(change, "btc");
      edit(row);
      store::schedules::update(change, row, sample::kNoon);
    });
  }
  TraderHealth said;
  HealthCondition first;
  int sessions = 0;
};

/// A trader that answers `status` with these fields.
struct Answering {
  wire::Server server;
  Answering(const base::Home& home, std::string fields)
      : server(wire::Server::Options(home.trader_socket("btc")),
               [fields = std::move(fields)](const wire::Request&) { return wire::Answer::yes(fields); }) {}
};

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("nothing is expected of a schedule without a trader, nor of a simulated one that was stopped") {
  Watched watched;
  CHECK(watched.conditions().empty());
  CHECK_FALSE(watched.running());
  watched.begin();
  CHECK(watched.conditions().empty());
  CHECK(watched.running());
  watched.end(store::SessionStatus::stopped);
  watched.clock.advance(1h);
  CHECK(watched.conditions().empty());
  CHECK_FALSE(watched.running());
}

TEST_CASE(
    "a trader is started again as it ran: with those that shared its account, and for real money if it was "
    "so") {
  Watched watched;
  const auto begin = [&](const std::string& schedule, std::int64_t pid, bool paper) {
    sample::change(watched.database, [&](store::Transaction& change) {
      if (!store::schedules::find(change, schedule))
        store::schedules::insert(change, sample::schedule_row(schedule));
      store::LiveSession session;
      session.id = "live-" + schedule;
      session.schedule_id = schedule;
      session.symbol = "X/USD";
      session.timeframe = "1h";
      session.account = "PA1";
      session.paper = paper;
      session.pid = pid;
      session.started_at = watched.clock.now();
      session.config = R"({"max_position":500,"max_drawdown_pct":10,"max_daily_loss_pct":5,"max_rejects":3})";
      store::live_sessions::insert(change, session);
    });
    return schedule::trade_command(watched.database, schedule);
  };
  CHECK(schedule::trade_command(watched.database, "btc") == "ctt trade --schedule btc");
  CHECK(begin("btc", 7, true) == "ctt trade --schedule btc");
  CHECK(begin("doge", 8, true) == "ctt trade --schedule doge");
  CHECK(begin("eth", 7, true) == "ctt trade --schedules btc,eth");
  CHECK(
      begin("sol", 9, false) ==
      "ctt trade --schedule sol --live --confirm PA1 --max-position 500 --max-drawdown 10 --max-daily-loss 5 "
      "--max-rejects 3");
  watched.clock.advance(24h);  // the pid comes again
  CHECK(begin("ada", 7, true) == "ctt trade --schedule ada");
}

TEST_CASE("an active schedule whose trader of an account was stopped, and not started again, wants one") {
  Watched watched;
  watched.begin(false, "PA1");
  watched.end(store::SessionStatus::stopped);
  watched.clock.advance(1min);  // a restart
  CHECK(watched.conditions().empty());
  watched.clock.advance(2min);
  CHECK(watched.conditions() == Codes{"trader_stopped"});
  CHECK(watched.first.level == HealthLevel::warning);
  CHECK(watched.first.since == sample::kNoon);
  watched.with_schedule([](store::Schedule& row) { row.status = store::ScheduleState::paused; });
  CHECK(watched.conditions().empty());
}

TEST_CASE("a trader that was killed is found by its lock, which nobody holds") {
  Watched watched;
  watched.begin();
  watched.lock.reset();  // as a SIGKILL does, the row says running
  CHECK_FALSE(watched.running());
  CHECK(watched.conditions() == Codes{"trader_gone"});
  CHECK(watched.first.level == HealthLevel::critical);
  CHECK(watched.first.reason == "the trader of btc is gone without a word");
  CHECK(watched.first.command == "ctt trade --schedule btc");
  CHECK(watched.first.since == sample::kNoon);
  watched.begin(true);  // a replay beside it hides nothing
  watched.lock.reset();
  CHECK(watched.conditions() == Codes{"trader_gone"});
}

TEST_CASE("a trader that ends in good order while somebody looks is not gone without a word") {
  Watched watched;
  store::Database looking(watched.database.file());
  const auto row = store::schedules::get(looking, "btc");
  std::atomic<bool> done = false;
  std::jthread trader([&] {
    for (int i = 0; i < 150; ++i) {
      watched.begin();
      const auto held = std::move(*watched.lock);
      watched.end(store::SessionStatus::stopped);  // the row first, then the lock
    }
    done = true;
  });
  int gone = 0;
  while (!done) {
    for (const auto& condition : trader_conditions({looking, watched.home, watched.clock}, row, {}))
      gone += condition.code == std::string("trader_gone");
  }
  CHECK(gone == 0);
}

TEST_CASE("a trader that failed is a condition with its reason") {
  Watched watched;
  watched.begin();
  watched.end(store::SessionStatus::failed, "Alpaca refuses the keys");
  CHECK(watched.conditions() == Codes{"trader_failed"});
  CHECK(watched.first.reason == "the trader of btc failed: Alpaca refuses the keys");
}

TEST_CASE("a trader that may only sell, or nothing, is a condition with or without its process") {
  Watched watched;
  watched.begin();
  CHECK(watched.conditions().empty());
  watched.with_schedule([](store::Schedule& row) {
    row.trader_state = store::TraderState::reducing;
    row.trader_state_reason = "books differ";
  });
  CHECK(watched.conditions() == Codes{"reducing"});
  CHECK(watched.first.level == HealthLevel::warning);
  CHECK(watched.first.reason == "the trader of btc is reducing: books differ");
  watched.end(store::SessionStatus::stopped);
  watched.with_schedule([](store::Schedule& row) {
    row.trader_state = store::TraderState::halted;
    row.trader_state_at = sample::kNoon;
  });
  CHECK(watched.conditions() == Codes{"halted"});
  CHECK(watched.first.level == HealthLevel::critical);
  CHECK(watched.first.command == "ctt trade resume --schedule btc");
  CHECK(watched.first.since == sample::kNoon);
}

TEST_CASE("a flatten that takes long, or says what keeps it, is a condition") {
  Watched watched;
  watched.begin();
  watched.with_schedule([](store::Schedule& row) {
    row.flatten_at = sample::kNoon;
    row.flatten_reason = "by the operator";
  });
  CHECK(watched.conditions().empty());
  {
    const Answering trader(watched.home, R"({"flatten_problem":"no price"})");
    CHECK(watched.conditions() == Codes{"flatten_unfinished"});
    CHECK(watched.first.reason ==
          "the position of btc is to be sold (by the operator) and is not yet: no price");
  }
  watched.clock.advance(3min);
  CHECK(watched.conditions() == Codes{"flatten_unfinished"});
}

TEST_CASE("a trader of an account waits for a bar, and it is stale when the next one is late") {
  Watched watched;
  watched.begin(false, "PA1");
  sample::change(watched.database, [&](store::Transaction& change) {
    store::SessionState state;
    state.last_bar_at = std::chrono::floor<std::chrono::seconds>(sample::at("2026-11-23T11:00:00Z"));
    store::live_sessions::update(change, "live-000000000001", state);
  });
  watched.clock.set(sample::at("2026-11-23T13:05:00Z"));  // the bar of noon has closed 5 minutes ago
  CHECK(watched.conditions().empty());
  watched.clock.advance(2min);
  CHECK(watched.conditions() == Codes{"bars_stale"});
  CHECK(watched.first.since == sample::at("2026-11-23T13:00:00Z"));
}

TEST_CASE("what a trader says of books and keys is a condition, and it may say nothing of books") {
  Watched watched;
  watched.begin();
  const auto with = [&](const char* fields) {
    const Answering trader(watched.home, fields);
    return watched.conditions();
  };
  CHECK(with(R"({"state":"active"})").empty());
  CHECK_FALSE(watched.said.books_unread_s.has_value());
  CHECK(with(R"({"books_unread_s":null})").empty());
  CHECK(watched.said.books_unread_s == 0);
  CHECK(with(R"({"books_unread_s":12.5})").empty());
  CHECK(watched.said.books_unread_s == 12.5);
  CHECK(with(R"({"books_unread_s":125})") == Codes{"books_unread"});
  CHECK(watched.first.reason == "the trader of btc has not read the broker's books for 2 min 5 s");
  CHECK(with(R"({"books_unread_s":5,"keys_refused":true})") == Codes{"keys_refused"});
  CHECK(with(R"({"account_barred":"it is frozen"})") == Codes{"account_barred"});
  CHECK(with(R"({"probation_decisions_left":3})") == Codes{"model_on_trial"});
  CHECK(watched.first.level == HealthLevel::notice);
  const wire::Server hung(wire::Server::Options(watched.home.trader_socket("btc")), [](const wire::Request&) {
    std::this_thread::sleep_for(600ms);
    return wire::Answer::yes("{}");
  });
  CHECK(watched.conditions() == Codes{"trader_silent"});
  CHECK(watched.first.command == fmt::format("kill -9 {}", ::getpid()));
}

}  // namespace ctt::upkeep
