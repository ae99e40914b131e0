#include "store/cycle_journal.h"
#include "store/sample.h"
#include "store/seeds.h"
#include "store/snapshots.h"

namespace ctt {

using namespace sample;
using store::Transaction;

TEST_CASE("a pack comes back as it was stored, edited and deleted") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  auto quick = pack("quick");
  quick.description = "small and fast";
  change(database, [&](Transaction& t) { store::packs::insert(t, quick); });
  quick.config = R"({"lr":0.001})";
  quick.updated_at = kNoon;
  change(database, [&](Transaction& t) { store::packs::update(t, quick); });

  const auto stored = store::packs::get(database, "quick");
  CHECK(stored.description == "small and fast");
  CHECK(stored.config == R"({"lr":0.001})");
  CHECK(stored.created_at == at("2026-11-20T00:00:00Z"));
  CHECK(stored.updated_at == kNoon);

  change(database, [](Transaction& t) { store::packs::remove(t, "quick"); });
  CHECK(store::packs::list(database).empty());
  CHECK(caught([&] {
          change(database, [](Transaction& t) { store::packs::remove(t, "quick"); });
        }).exit_status == 3);
  CHECK(caught([&] {
          change(database, [&](Transaction& t) { store::packs::update(t, quick); });
        }).exit_status == 3);
}

TEST_CASE("a pack or dataset that a schedule uses is not deleted, and a taken name is refused") {
  Ledger ledger;
  const auto try_to = [&](auto work) { return caught([&] { change(ledger.database, work); }); };
  CHECK(try_to([](Transaction& t) { store::packs::remove(t, "quick"); }).sentence ==
        "the pack \"quick\" is used by schedule btc");
  CHECK(try_to([](Transaction& t) { store::datasets::remove(t, "btc-1h"); }).exit_status == 5);
  CHECK(try_to([](Transaction& t) { store::packs::insert(t, pack("quick")); }).exit_status == 5);
  CHECK(try_to([](Transaction& t) { store::datasets::insert(t, dataset("btc-1h")); }).exit_status == 5);
  CHECK(try_to([](Transaction& t) { store::packs::insert(t, pack("No Slug")); }).exit_status == 2);
  CHECK(store::packs::users(ledger.database, "quick") == std::vector<std::string>{"schedule btc"});
  CHECK(store::datasets::users(ledger.database, "btc-1h") == std::vector<std::string>{"schedule btc"});
}

TEST_CASE("a pack that does not exist is refused with the nearest name") {
  Ledger ledger;
  const auto error = caught([&] { store::packs::get(ledger.database, "quikc"); });
  CHECK(error.exit_status == 3);
  CHECK(error.sentence == "no pack is called \"quikc\" (did you mean \"quick\"?)");
  CHECK(error.fix == "ctt packs list");
}

TEST_CASE("settings that are not JSON never reach a row") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  auto broken = pack("broken");
  broken.config = "{lr: 1}";
  CHECK(caught([&] {
          change(database, [&](Transaction& t) { store::packs::insert(t, broken); });
        }).exit_status == 1);
  CHECK(store::packs::list(database).empty());
}

TEST_CASE("a dataset from Alpaca brings its costs, another one those that it was created with") {
  auto d = dataset("btc-1h");
  CHECK(d.costs() == market::parse_costs("alpaca-tier1"));
  d.source_config = R"({"symbol":"BTC/USD","timeframe":"1h","costs":"alpaca-tier4"})";
  CHECK(d.costs() == market::parse_costs("alpaca-tier4"));
  d.source_type = "synthetic";
  d.source_config =
      R"({"symbol":"BTC/USD","timeframe":"1h","seed":7,"costs":{"commission":0.001,"half_spread":0}})";
  CHECK(d.costs() == market::Costs{0.001, 0});
  CHECK(d.source_settings() == R"({"seed":7})");
  d.source_config = R"({"symbol":"BTC/USD","timeframe":"1h"})";
  CHECK_FALSE(d.costs());
}

TEST_CASE("a dataset says whose candles it reads") {
  auto d = dataset("btc-1h");
  CHECK(d.series() == store::SeriesKey{"alpaca", "BTC/USD", market::Timeframe::parse("1h")});
  d.source_type = "synthetic";
  d.source_config = R"({"symbol":"ETH/USD","timeframe":"15m","seed":7})";
  CHECK(d.series() == store::SeriesKey{"dataset:btc-1h", "ETH/USD", market::Timeframe::parse("15m")});
  CHECK(d.source_settings() == R"({"seed":7})");
  d.source_config = "{}";
  CHECK(caught([&] { static_cast<void>(d.series()); }).sentence ==
        "dataset btc-1h: source_config: \"symbol\" is missing");
}

TEST_CASE("a dataset that makes no sense is refused") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  const auto refused = [&](auto edit) {
    auto d = dataset("demo");
    edit(d);
    return caught([&] { change(database, [&](Transaction& t) { store::datasets::insert(t, d); }); });
  };
  CHECK(refused([](store::Dataset& d) { d.source_type = "alpacca"; }).sentence ==
        "dataset demo: there is no source \"alpacca\" (did you mean \"alpaca\"?); there are alpaca, csv and "
        "synthetic");
  CHECK(refused([](store::Dataset& d) {
          d.source_config = R"({"symbol":"BTC/USD","timeframe":"2h"})";
        }).exit_status == 2);
  CHECK(refused([](store::Dataset& d) {
          d.source_config = R"({"symbol":"../../etc/passwd","timeframe":"1h"})";
        }).sentence ==
        "dataset demo: source_config: \"../../etc/passwd\" is no symbol; an example is BTC/USD");
  CHECK(refused([](store::Dataset& d) { d.id = "a b"; }).exit_status == 2);
}

TEST_CASE("seeds are stored once and never over what a user has made of them") {
  const support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  const std::vector<store::PackRow> packs{pack("quick"), pack("standard")};
  const auto datasets = store::seeded_datasets();
  const auto seed = [&] {
    return change(database, [&](Transaction& t) { return store::seed(t, packs, datasets, kNoon); });
  };
  CHECK(seed() == 4);
  auto mine = store::packs::get(database, "quick");
  mine.config = R"({"lr":1})";
  change(database, [&](Transaction& t) { store::packs::update(t, mine); });

  CHECK(seed() == 0);
  CHECK(store::packs::get(database, "quick").config == R"({"lr":1})");
  CHECK(store::packs::get(database, "standard").created_at == kNoon);
  CHECK(store::datasets::get(database, "btc-1h").series().source == "alpaca");
  CHECK(store::datasets::get(database, "synthetic-1h").source_settings() ==
        R"({"seed":7,"regime":"regimes"})");
  CHECK(base::JsonValue::parse(datasets[0].features, "features").as_array().size() == 7);
}

TEST_CASE("a snapshot is kept once and is unused until a cycle names it") {
  Ledger ledger;
  store::Snapshot snapshot;
  snapshot.sha256 = sha('c');
  snapshot.symbol = "BTC/USD";
  snapshot.timeframe = "1h";
  snapshot.first = bar("2026-10-12T20:00:00Z");
  snapshot.last = bar("2026-11-23T11:00:00Z");
  snapshot.bars = 1000;
  snapshot.warm_up = 96;
  snapshot.created_at = kNoon;
  change(ledger.database, [&](Transaction& t) {
    store::snapshots::insert(t, snapshot);
    store::snapshots::insert(t, snapshot);
  });
  CHECK(store::snapshots::list(ledger.database).size() == 1);
  CHECK(store::snapshots::find(ledger.database, sha('c'))->warm_up == 96);
  CHECK(store::snapshots::unused(ledger.database).size() == 1);

  const auto cycle = claim(ledger.database);
  change(ledger.database, [&](Transaction& t) {
    store::CycleStart s;
    s.experiment_id = "exp-000000000001";
    s.snapshot_sha256 = sha('c');
    store::cycles::start(t, cycle.id, s, kNoon);
  });
  CHECK(store::snapshots::unused(ledger.database).empty());
}

}  // namespace ctt
