// What datasets hold: fetched, checked, exported.
#include "cmd/cycle/run.h"
#include "cmd/datasets/asked_range.h"
#include "cmd/datasets/check.h"
#include "cmd/datasets/create.h"
#include "cmd/datasets/export.h"
#include "cmd/datasets/fetch.h"
#include "cmd/datasets/show.h"
#include "market/csv.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;
using support::Desk;

namespace {

const auto kMidnight = sample::bar("2026-11-23T00:00:00Z");

market::Candle hour(int n, double close = 100) {
  return {kMidnight + std::chrono::hours(n), 100, std::max(close, 101.0), std::min(close, 99.0), close, 5};
}

std::vector<market::Candle> hours(int count) {
  std::vector<market::Candle> candles;
  for (int n = 0; n < count; ++n) candles.push_back(hour(n, 100 + n % 3));
  return candles;
}

/// A desk with a csv dataset btc.
struct CsvDesk : Desk {
  explicit CsvDesk(const std::vector<market::Candle>& candles) {
    put(candles);
    DatasetsCreate create;
    create.dataset = "btc";
    create.file = (scratch / "btc.csv").string();
    REQUIRE(run(create) == 0);
  }
  void put(const std::vector<market::Candle>& candles) {
    support::write(scratch / "btc.csv", market::to_csv(candles));
  }
};

template <class Command>
Command of_btc() {
  Command command;
  command.dataset = "btc";
  return command;
}

// All bars, as a part that was asked for: how many they are is no matter then.
DatasetsCheck all_of_btc() {
  auto command = of_btc<DatasetsCheck>();
  command.from = "2026-11-23T00:00:00Z";
  return command;
}

// A source that cannot tell where it begins, as a broker.
struct Beginningless : market::CandleSource {
  std::vector<market::Candle> closed_candles(const market::TimeRange&) override { return {}; }
};

// What asked_range says, as a command that is run.
struct Asking {
  AskedSpan span;
  market::TimeRange* range;
  int run(Context& context) const {
    Beginningless source;
    *range = asked_range(context, store::datasets::get(context.database(), "btc"), source, span);
    return 0;
  }
};

}  // namespace

TEST_CASE("a range without --from begins with the oldest stored bar where the source knows no beginning") {
  CsvDesk desk(hours(8));
  market::TimeRange range;
  CHECK(desk.refusal(Asking{{}, &range}).sentence ==
        "no bar of dataset btc is stored yet; fetch some, or say --from");
  REQUIRE(desk.run(of_btc<DatasetsFetch>()) == 0);
  CHECK(desk.run(Asking{{}, &range}) == 0);
  CHECK(range.first == kMidnight);
  CHECK(desk.run(Asking{{.from = "2026-11-23T05:00:00Z", .to = "2026-11-23T06:00:00Z", .warm_up = 2},
                        &range}) == 0);
  CHECK(range.first == kMidnight + std::chrono::hours(3));
  CHECK(range.last == kMidnight + std::chrono::hours(6));
  CHECK(desk.refusal(Asking{{.from = "2030-01-01T00:00:00Z"}, &range}).exit_status == 2);
}

TEST_CASE("a cycle takes no window of the future, and none of another time in its turn") {
  CsvDesk desk(hours(8));
  CycleRun cycle;
  cycle.window_end = "2030-01-01";
  CHECK(desk.refusal(cycle).sentence == "--window-end is for a cycle out of its turn: --now");
  cycle.now = true;
  CHECK(desk.refusal(cycle).sentence == "--window-end 2030-01-01 lies in the future");
}

TEST_CASE("a fetch stores what is new and reports what was revised") {
  CsvDesk desk(hours(8));
  auto first = desk.json(of_btc<DatasetsFetch>());
  CHECK(first.string("schema") == "ctt.datasets.fetch/1");
  CHECK(first.integer("new") == 8);
  CHECK(first.integer("revised") == 0);
  CHECK(first.at("stored").as_object().integer("bars") == 8);

  auto candles = hours(10);
  candles[6].close = 103;
  desk.put(candles);
  auto second = desk.json(of_btc<DatasetsFetch>());
  CHECK(second.integer("new") == 2);
  CHECK(second.integer("revised") == 1);
  CHECK(second.string("first_revised") == "2026-11-23T06:00:00Z");
}

TEST_CASE("--refresh says how much of what is stored is asked for again") {
  CsvDesk desk(hours(10));
  REQUIRE(desk.run(of_btc<DatasetsFetch>()) == 0);
  auto command = of_btc<DatasetsFetch>();
  command.refresh = "150m";  // two and a half bars: three
  CHECK(desk.json(command).integer("fetched") == 3);
  command.refresh = "soon";
  CHECK(desk.refusal(command).exit_status == 2);
}

TEST_CASE("a fetch takes the range that two of --from, --to and --candles make") {
  CsvDesk desk(hours(10));
  const auto fetched = [&](std::optional<std::string> from, std::optional<std::string> to,
                           std::optional<std::size_t> candles) {
    auto command = of_btc<DatasetsFetch>();
    command.from = std::move(from);
    command.to = std::move(to);
    command.candles = candles;
    auto answer = desk.json(command);
    return answer.string("from").substr(11, 2) + answer.string("to").substr(11, 2);
  };
  CHECK(fetched({}, {}, {}) == "0009");
  CHECK(fetched({}, {}, 3) == "0709");
  CHECK(fetched({}, "2026-11-23T05:00:00Z", 3) == "0305");
  CHECK(fetched("2026-11-23T05:59:00Z", {}, {}) == "0509");
  CHECK(fetched("2026-11-23T02:00:00Z", {}, 4) == "0205");
  CHECK(fetched("2026-11-23T02:00:00Z", "2026-11-24", {}) == "0209");
}

TEST_CASE("a range without closed bars, and too many ends, are refused") {
  CsvDesk desk(hours(10));
  auto command = of_btc<DatasetsFetch>();
  command.from = "2026-11-23T11:00:00Z";  // not in the file yet
  CHECK(desk.refusal(command).exit_status == 2);
  command.from = "2026-11-23T02:00:00Z";
  command.to = "2026-11-23T03:00:00Z";
  command.candles = 2;
  CHECK(desk.refusal(command).exit_status == 2);
  command.candles.reset();
  command.to = "2026-11-23T01:00:00Z";
  CHECK(desk.refusal(command).sentence == "--from 2026-11-23T02:00:00Z is after --to 2026-11-23T01:00:00Z");
  command = of_btc<DatasetsFetch>();
  command.from = "yesterday";
  CHECK(desk.refusal(command).exit_status == 2);
}

TEST_CASE("a dry run fetches nothing") {
  CsvDesk desk(hours(10));
  CHECK(desk.would(of_btc<DatasetsFetch>())
            .starts_with("would fetch the bars of btc from 2026-11-23T00:00:00Z to 2026-11-23T09:00:00Z"));
  DatasetsShow show;
  show.dataset = "btc";
  CHECK(desk.json(show).at("stored").as_object().integer("bars") == 0);
}

TEST_CASE("sound candles pass the check") {
  CsvDesk desk(hours(10));
  auto report = desk.json(all_of_btc());
  CHECK(desk.last_status == 0);
  CHECK(report.string("schema") == "ctt.datasets.check/1");
  CHECK(report.string("checked") == "source");
  CHECK(report.at("defects").text() == "{}");
  CHECK_FALSE(report.boolean("would_block", true));
  Globals quiet;
  quiet.quiet = true;
  CHECK(desk.run(all_of_btc(), quiet) == 0);
  CHECK(desk.out().empty());
}

TEST_CASE("a source with too few bars for any cycle blocks; a part of it that was asked for does not") {
  CsvDesk desk(hours(1));
  CHECK(desk.run(of_btc<DatasetsCheck>()) == 6);
  CHECK(desk.out().find("btc: 1 bar, ") == 0);
  CHECK(desk.out().find("A cycle would be blocked: the smallest one needs 104 bars, warm-up included.") !=
        std::string::npos);
  auto report = desk.json(of_btc<DatasetsCheck>());
  CHECK(report.integer("bars_needed") == 104);  // 94 warm the features up
  CHECK(report.boolean("would_block", false));
  CHECK(desk.run(all_of_btc()) == 0);
  CHECK(desk.out().find("Nothing here would block a cycle.\n") != std::string::npos);
}

TEST_CASE("holes and doubles are counted and do not block, unless a gap is too long") {
  auto candles = hours(14);
  candles.erase(candles.begin() + 2);                       // one bar
  candles.erase(candles.begin() + 5, candles.begin() + 7);  // 6:00 and 7:00
  candles.insert(candles.begin() + 4, candles[4]);          // 5:00 twice
  CsvDesk desk(candles);
  auto report = desk.json(all_of_btc());
  CHECK(desk.last_status == 0);
  CHECK(
      report.at("defects").text() ==
      R"({"hole":{"count":3,"first":"2026-11-23T02:00:00Z"},"duplicate":{"count":1,"first":"2026-11-23T05:00:00Z"}})");
  CHECK(report.at("longest_gap").text() == R"({"bars":2,"first":"2026-11-23T06:00:00Z"})");

  auto command = all_of_btc();
  command.max_gap = 2;
  CHECK(desk.run(command) == 0);
  command.max_gap = 1;
  CHECK(desk.run(command) == 6);
  CHECK(desk.out().find("longest gap: 2 bars from 2026-11-23 06:00 UTC, more than the 1 allowed") !=
        std::string::npos);
}

TEST_CASE("rows of one time that differ are counted and named by fetch and check, and the later counts") {
  auto candles = hours(6);
  candles.push_back(hour(4, 150));
  candles.push_back(hour(2, 170));
  candles.push_back(candles[1]);  // the same again is no conflict
  CsvDesk desk(candles);
  auto fetched = desk.json(of_btc<DatasetsFetch>());
  CHECK(fetched.integer("conflicting") == 2);
  CHECK(fetched.string("first_conflicting") == "2026-11-23T02:00:00Z");
  CHECK(fetched.at("stored").as_object().integer("bars") == 6);
  REQUIRE(desk.run(of_btc<DatasetsFetch>()) == 0);
  CHECK(
      desk.out().find("2 rows differ from a later one of their time (first 2026-11-23 02:00 UTC); the later "
                      "counts") != std::string::npos);

  auto checked = desk.json(of_btc<DatasetsCheck>());
  CHECK(checked.at("conflicting").text() == R"({"count":2,"first":"2026-11-23T02:00:00Z"})");
  CHECK(checked.integer("revised") == 2);
  CHECK(checked.string("first_revised") == "2026-11-23T02:00:00Z");
  desk.run(of_btc<DatasetsCheck>());
  CHECK(desk.out().find("conflicting") != std::string::npos);
}

TEST_CASE("candles of which more than a quarter would have to be made up block") {
  auto candles = hours(10);
  candles.erase(candles.begin() + 4, candles.begin() + 7);
  CsvDesk desk(candles);
  CHECK(desk.run(of_btc<DatasetsCheck>()) == 6);
  CHECK(desk.out().find(
            "3 of the 10 candles of BTC/USD 1h would have to be filled in, more than the 25 % allowed") !=
        std::string::npos);
}

TEST_CASE("an impossible bar blocks, unless it lies outside of the range") {
  auto candles = hours(10);
  candles[3].low = 200;
  CsvDesk desk(candles);
  auto report = desk.json(of_btc<DatasetsCheck>());
  CHECK(desk.last_status == 6);
  CHECK(report.boolean("would_block", false));
  auto command = of_btc<DatasetsCheck>();
  command.from = "2026-11-23T04:00:00Z";
  CHECK(desk.run(command) == 0);
  command.from.reset();
  command.to = "2026-11-23T02:00:00Z";
  CHECK(desk.run(command) == 0);
}

TEST_CASE("a jump that no other bar comes near is named an outlier") {
  auto candles = hours(12);
  candles[5].open = candles[5].high = candles[5].low = candles[5].close = 1000;
  CsvDesk desk(candles);
  auto report = desk.json(all_of_btc());
  auto outliers = report.at("outliers").as_object();
  CHECK(outliers.integer("count") == 2);  // there and back
  CHECK(outliers.string("first") == "2026-11-23T05:00:00Z");
  CHECK(desk.last_status == 0);
}

TEST_CASE("candles of a broker are checked and exported as they are stored") {
  Desk desk;
  desk.change([](store::Transaction& change) {
    sample::add_basics(change);
    store::candles::upsert(change, store::datasets::get(change, "btc-1h").series(), hours(6), sample::kNoon);
  });
  DatasetsCheck check;
  check.dataset = "btc-1h";
  auto report = desk.json(check);
  CHECK(report.string("checked") == "stored");
  CHECK(report.at("bars").as_object().integer("bars") == 6);
  DatasetsExport stored;
  stored.dataset = "btc-1h";
  REQUIRE(desk.run(stored) == 0);
  CHECK(market::parse_csv(desk.out(), "export") == hours(6));
}

TEST_CASE("a dataset without bars is no dataset to check or export") {
  Desk desk;
  desk.change([](store::Transaction& change) { sample::add_basics(change); });
  DatasetsCheck check;
  check.dataset = "btc-1h";
  CHECK(desk.refusal(check).exit_status == 6);
  DatasetsExport to;
  to.dataset = "btc-1h";
  CHECK(desk.refusal(to).exit_status == 6);
}

TEST_CASE("an export reads back as the same candles") {
  CsvDesk desk(hours(10));
  auto command = of_btc<DatasetsExport>();
  REQUIRE(desk.run(command) == 0);
  CHECK(market::parse_csv(desk.out(), "export") == hours(10));

  command.from = "2026-11-23T02:00:00Z";
  command.to = "2026-11-23T04:00:00Z";
  command.format = "jsonl";
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.out().starts_with(R"({"timestamp":"2026-11-23T02:00:00Z","open":100.0,)"));
  CHECK(std::ranges::count(desk.out(), '\n') == 3);
}

TEST_CASE("a hole is no range to export") {
  auto candles = hours(10);
  candles.erase(candles.begin() + 4, candles.begin() + 6);
  CsvDesk desk(candles);
  auto command = of_btc<DatasetsExport>();
  command.from = "2026-11-23T04:00:00Z";
  command.to = "2026-11-23T05:00:00Z";
  CHECK(desk.refusal(command).exit_status == 6);
}

TEST_CASE("an export to a file is written whole, or with --dry-run not at all") {
  CsvDesk desk(hours(10));
  auto command = of_btc<DatasetsExport>();
  command.output = (desk.scratch / "out.csv").string();
  CHECK(desk.would(command).starts_with("would write 10 bars of btc to "));
  CHECK_FALSE(std::filesystem::exists(command.output));
  CHECK(desk.json(command).integer("rows") == 10);
  CHECK(market::read_csv(command.output) == hours(10));
}

TEST_CASE("an export that has no place is refused by the folder that is missing") {
  CsvDesk desk(hours(10));
  auto command = of_btc<DatasetsExport>();
  command.output = (desk.scratch / "none" / "out.csv").string();
  const auto refusal = desk.refusal(command);
  CHECK(refusal.exit_status == 3);
  CHECK(refusal.sentence ==
        fmt::format("there is no folder {} for out.csv", (desk.scratch / "none").string()));
  command.output = desk.scratch.path().string();
  CHECK(desk.refusal(command).exit_status == 2);
}

TEST_CASE("features of an export are empty while they warm up") {
  const auto spec = [](Desk& desk) {
    return support::write(desk.scratch / "spec.json", R"([{"type":"roc","period":2,"normalize":"none"}])")
        .string();
  };
  Desk desk;
  DatasetsCreate create;
  create.dataset = "btc";
  create.file = support::write(desk.scratch / "btc.csv",
                               market::to_csv(std::vector{hour(0, 100), hour(1, 101), hour(2, 150)}))
                    .string();
  create.features = spec(desk);
  REQUIRE(desk.run(create) == 0);
  auto command = of_btc<DatasetsExport>();
  command.with_features = true;
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.out() ==
        "timestamp,open,high,low,close,volume,roc\n"
        "2026-11-23T00:00:00Z,100,101,99,100,5,\n"
        "2026-11-23T01:00:00Z,100,101,99,101,5,\n"
        "2026-11-23T02:00:00Z,100,150,99,150,5,0.5\n");

  // Bars before the range warm the features up.
  command.from = "2026-11-23T02:00:00Z";
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.out() ==
        "timestamp,open,high,low,close,volume,roc\n"
        "2026-11-23T02:00:00Z,100,150,99,150,5,0.5\n");
}
