#include "upkeep/retention.h"

#include "base/files.h"
#include "schedule/control.h"
#include "store/cycle_journal.h"
#include "store/deployments.h"
#include "store/live_decisions.h"
#include "store/live_sessions.h"
#include "store/sample.h"
#include "store/snapshots.h"

using namespace ctt;
using namespace ctt::upkeep;
using namespace std::chrono_literals;

using namespace ctt::cycle;

namespace {

/// Models v1 (the base) to v10, one an hour, each the child of the one before; files of 100 bytes.
/// Schedule btc trains from v10; v6 served before, v8 serves.
struct Shelf {
  sample::Ledger ledger;
  base::Home home{ledger.scratch / "home"};
  const base::Instant now = sample::at("2026-11-23T12:00:00Z");
  base::ManualClock clock{now};

  Shelf() {
    home.create();
    base::write_file_atomically(home.model(sample::sha('a')), std::string(100, 'x'), 0400);
    sample::change(ledger.database, [&](store::Transaction& change) {
      for (std::int64_t version = 2; version <= 10; ++version) add(change, version);
      store::schedules::set_current_model(change, "btc", 10, now);
      serve(change, 6);
      serve(change, 8);
    });
  }

  static std::string sha(std::int64_t version) {
    return version == 1 ? sample::sha('a') : fmt::format("{:064x}", version);
  }

  void add(store::Transaction& change, std::int64_t version) {
    store::Model model;
    model.sha256 = sha(version);
    model.origin = "cycle";
    model.parent_version = version - 1;
    model.schedule_id = "btc";
    model.published_at = now - 1h * (10 - version);
    base::write_file_atomically(home.model(model.sha256), std::string(100, 'x'), 0400);
    base::write_file_atomically(home.optimizer(model.sha256), std::string(50, 'x'), 0400);
    REQUIRE(store::models::publish(change, model) == version);
  }

  void serve(store::Transaction& change, std::int64_t version) {
    store::NewDeployment wanted;
    wanted.schedule_id = "btc";
    wanted.model_version = version;
    store::deployments::request(change, wanted, now);
    store::deployments::confirm(change, "btc", sha(version), now);
  }

  store::StateContext state() { return {ledger.database, home, clock}; }

  RetentionPlan plan(const RetentionRule& rule) { return plan_retention(state(), rule, now); }

  Pruned prune(const RetentionRule& rule) {
    const auto lock = TrainingLock::try_acquire(home, "test");
    return upkeep::prune(state(), *lock, rule);
  }
};

std::vector<std::int64_t> versions(const std::vector<store::Model>& models) {
  std::vector<std::int64_t> found;
  for (const auto& model : models) found.push_back(model.version);
  return found;
}

using Versions = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("what serves, served before, is the base, comes next, or is a parent of those, stays") {
  Shelf shelf;
  // v10 is the newest and v9 its parent; v8 serves, v7 is its parent; v6 served before, v5 is its
  // parent; v1 is the base.
  const auto plan = shelf.plan({.keep = 1, .older_than = {}});
  CHECK(versions(plan.prunable) == Versions{2, 3, 4});
  CHECK(plan.size_bytes == 3 * 150);
  REQUIRE(plan.needed.size() == 5);
  CHECK(plan.needed[0].reason == "parent of v6");
  CHECK(plan.needed[1].reason == "served by btc before");
  CHECK(plan.needed[2].reason == "parent of v8");
  CHECK(plan.needed[3].reason == "served by btc");
  CHECK(plan.needed[4].reason == "parent of v10");
}

TEST_CASE("the newest stay, and so does what is young") {
  Shelf shelf;
  CHECK(versions(shelf.plan({.keep = 7, .older_than = {}}).prunable) == Versions{2});
  CHECK(shelf.plan({.keep = 9, .older_than = {}}).prunable.empty());
  // v2 is eight hours old, v3 seven, v4 six and the parent of v5, which is young.
  CHECK(versions(shelf.plan({.keep = 1, .older_than = 6h}).prunable) == Versions{2, 3});
  CHECK(shelf.plan({.keep = 1, .older_than = 9h}).prunable.empty());
}

TEST_CASE("the parent of a cycle that runs stays, and so does what a schedule should serve") {
  Shelf shelf;
  sample::change(shelf.ledger.database, [&](store::Transaction& change) {
    store::cycles::claim(
        change,
        {.schedule_id = "btc", .slot_at = shelf.now, .pid = 1, .process = "", .parent_model_version = 3},
        shelf.now);
  });
  CHECK(versions(shelf.plan({.keep = 1, .older_than = {}}).prunable) == Versions{4});
  sample::change(shelf.ledger.database, [&](store::Transaction& change) {
    store::NewDeployment wanted;
    wanted.schedule_id = "btc";
    wanted.model_version = 4;
    store::deployments::request(change, wanted, shelf.now);
  });
  CHECK(shelf.plan({.keep = 1, .older_than = {}}).prunable.empty());
}

TEST_CASE("pruning takes the files, keeps the rows, and twice is once") {
  Shelf shelf;
  const auto pruned = shelf.prune({.keep = 1, .older_than = {}});
  CHECK(pruned.versions == Versions{2, 3, 4});
  for (std::int64_t version = 1; version <= 10; ++version) {
    CAPTURE(version);
    const bool gone = version >= 2 && version <= 4;
    CHECK(std::filesystem::exists(shelf.home.model(Shelf::sha(version))) != gone);
    CHECK(store::models::find(shelf.ledger.database, version)->pruned_at.has_value() == gone);
  }
  CHECK_FALSE(std::filesystem::exists(shelf.home.optimizer(Shelf::sha(3))));
  CHECK(store::models::lineage(shelf.ledger.database, 10).size() == 10);
  CHECK(shelf.prune({.keep = 1, .older_than = {}}).versions.empty());
}

TEST_CASE("files that a killed run left behind its rows go with the next one") {
  Shelf shelf;
  sample::change(shelf.ledger.database,
                 [&](store::Transaction& change) { store::models::set_pruned(change, 3, shelf.now); });
  CHECK(std::filesystem::exists(shelf.home.model(Shelf::sha(3))));
  CHECK(shelf.prune({.keep = 10, .older_than = {}}).versions.empty());
  CHECK_FALSE(std::filesystem::exists(shelf.home.model(Shelf::sha(3))));
}

TEST_CASE("a pruned model that is published again is there again") {
  Shelf shelf;
  shelf.prune({.keep = 1, .older_than = {}});
  sample::change(shelf.ledger.database, [&](store::Transaction& change) {
    auto model = *store::models::find(change, 3);
    CHECK(store::models::publish(change, model) == 3);
  });
  CHECK_FALSE(store::models::find(shelf.ledger.database, 3)->pruned_at.has_value());
}

TEST_CASE("candles that no cycle and no experiment names go") {
  Shelf shelf;
  store::Snapshot snapshot;
  snapshot.sha256 = sample::sha('e');
  snapshot.symbol = "BTC/USD";
  snapshot.timeframe = "1h";
  base::write_file_atomically(shelf.home.snapshot(snapshot.sha256), "x", 0400);
  sample::change(shelf.ledger.database,
                 [&](store::Transaction& change) { store::snapshots::insert(change, snapshot); });
  CHECK(shelf.prune({.keep = 10, .older_than = {}}).snapshots == 1);
  CHECK_FALSE(std::filesystem::exists(shelf.home.snapshot(snapshot.sha256)));
}

namespace {

/// Hourly candles of a remote source; the schedule btc trains on 1000 of them.
struct Candles : Shelf {
  store::SeriesKey key = sample::dataset("btc-1h").series();
  base::Seconds first = sample::bar("2025-11-01T00:00:00Z");
  base::Seconds hour(long number) const { return first + std::chrono::hours(number); }

  explicit Candles(long rows) {
    std::vector<market::Candle> candles;
    for (long row = 0; row < rows; ++row) candles.push_back({hour(row), 1, 1, 1, 1, 1});
    sample::change(ledger.database, [&](store::Transaction& change) {
      auto pack = store::packs::get(change, "quick");
      pack.config = R"({"window_size":10})";
      store::packs::update(change, pack);
      store::candles::upsert(change, key, candles, now);
      store::candles::cover(change, key, {first, hour(rows - 1)});
    });
  }
  std::int64_t prune(std::chrono::seconds kept) {
    const RowRetention rule{.decisions = {}, .iterations = {}, .events = {}, .candles = kept};
    const auto counted = prunable_rows(ledger.database, rule, now).candles;
    const auto pruned = prune_rows(ledger.database, rule, now, 10s);
    CHECK(pruned.candles == counted);
    return pruned.candles;
  }
  base::Seconds oldest() { return store::candles::stats(ledger.database, key).range->first; }
};

}  // namespace

TEST_CASE("candles go by their distance from the newest, whatever the clock says, and are asked for again") {
  Candles candles(5000);
  CHECK(candles.prune(0s) == 0);
  CHECK(candles.prune(std::chrono::hours(2000)) == 2999);
  CHECK(candles.oldest() == candles.hour(2999));
  const auto open =
      store::candles::uncovered(candles.ledger.database, candles.key, {candles.first, candles.hour(4999)});
  REQUIRE(open.size() == 1);
  CHECK(open[0].last == candles.hour(2998));
  CHECK(candles.prune(std::chrono::hours(2000)) == 0);
}

TEST_CASE("the window and the warm-up of a schedule stay, however short the retention") {
  Candles candles(5000);
  CHECK(candles.prune(1h) > 0);
  CHECK(candles.oldest() < candles.hour(4999 - 1000 - 10));
  CHECK(candles.oldest() > candles.hour(4999 - 1300));
}

TEST_CASE("what a decision for an account was computed from stays") {
  Candles candles(5000);
  sample::change(candles.ledger.database, [&](store::Transaction& change) {
    store::LiveSession session;
    session.id = "live-000000000001";
    session.schedule_id = "btc";
    session.symbol = "BTC/USD";
    session.timeframe = "1h";
    session.account = "PA1";
    store::live_sessions::insert(change, session);
    store::LiveDecision decision;
    decision.session_id = session.id;
    decision.bar_open_time = candles.hour(500);
    decision.model_version = 1;
    decision.model_sha256 = sample::sha('a');
    store::live_decisions::append(change, std::span(&decision, 1));
  });
  CHECK(candles.prune(std::chrono::hours(2000)) > 0);
  CHECK(candles.oldest() > candles.hour(200));
  CHECK(candles.oldest() <= candles.hour(490));
}

TEST_CASE("candles that no schedule trains on stay: they do not grow by themselves") {
  Candles candles(10);
  candles.key.symbol = "ETH/USD";
  sample::change(candles.ledger.database, [&](store::Transaction& change) {
    const std::vector<market::Candle> two{{candles.hour(0), 1, 1, 1, 1, 1},
                                          {candles.hour(4000), 1, 1, 1, 1, 1}};
    store::candles::upsert(change, candles.key, two, candles.now);
  });
  CHECK(candles.prune(1h) == 0);
}

TEST_CASE("candles of a file stay, because nobody can be asked for them again") {
  Candles candles(10);
  candles.key.source = "dataset:btc-1h";
  sample::change(candles.ledger.database, [&](store::Transaction& change) {
    const std::vector<market::Candle> two{{candles.hour(0), 1, 1, 1, 1, 1},
                                          {candles.hour(4000), 1, 1, 1, 1, 1}};
    store::candles::upsert(change, candles.key, two, candles.now);
  });
  CHECK(candles.prune(1h) == 0);
  CHECK(store::candles::stats(candles.ledger.database, candles.key).count == 2);
}

TEST_CASE("a run of cycles ends with the old events dropped, and with old models when that is set") {
  Shelf shelf;
  const auto lock = TrainingLock::try_acquire(shelf.home, "test");
  shelf.clock.set(shelf.now + std::chrono::hours(24) * 365);
  const auto events = [&] { return store::events::since(shelf.ledger.database, 0, 10'000).size(); };
  REQUIRE(events() > 0);
  tidy(shelf.state(), *lock, 0, {});
  CHECK(events() > 0);  // kept for ever
  tidy(shelf.state(), *lock, 0, {.decisions = {}, .iterations = {}, .events = 24h * 90, .candles = {}});
  CHECK(events() == 0);
  CHECK(std::filesystem::exists(shelf.home.model(Shelf::sha(2))));
  tidy(shelf.state(), *lock, 1, {});
  CHECK_FALSE(std::filesystem::exists(shelf.home.model(Shelf::sha(2))));
}
