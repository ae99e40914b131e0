// Datasets as definitions: created, shown, deleted.
#include "cmd/datasets/create.h"
#include "cmd/datasets/delete.h"
#include "cmd/datasets/fetch.h"
#include "cmd/datasets/list.h"
#include "cmd/datasets/show.h"
#include "market/csv.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;
using support::Desk;

namespace {

DatasetsCreate synthetic(const std::string& name, std::size_t candles = 100) {
  DatasetsCreate command;
  command.dataset = name;
  command.source = "synthetic";
  command.seed = 7;
  command.candles = candles;
  return command;
}

DatasetsCreate from_file(const std::string& name, const std::filesystem::path& file) {
  DatasetsCreate command;
  command.dataset = name;
  command.file = file.string();
  return command;
}

DatasetsDelete deletion(const std::string& name) {
  DatasetsDelete command;
  command.dataset = name;
  return command;
}

DatasetsShow show(const std::string& name) {
  DatasetsShow command;
  command.dataset = name;
  return command;
}

// Hours of 2026-11-23 from midnight on; those named.
std::string hours(std::initializer_list<int> numbers) {
  std::vector<market::Candle> candles;
  for (const int n : numbers) {
    candles.push_back({sample::bar("2026-11-23T00:00:00Z") + std::chrono::hours(n), 100, 101, 99, 100, 5});
  }
  return market::to_csv(candles);
}

std::size_t datasets_of(Desk& desk) {
  return desk.look([](store::Database& database) { return store::datasets::list(database).size(); });
}

}  // namespace

TEST_CASE("a dataset may be created with what trading costs where it comes from") {
  Desk desk;
  auto command = synthetic("dear");
  command.costs = "alpaca-tier3";
  REQUIRE(desk.run(command) == 0);
  const auto made =
      desk.look([](store::Database& database) { return store::datasets::get(database, "dear"); });
  CHECK(made.costs() == market::parse_costs("alpaca-tier3"));
  command.dataset = "odd";
  command.costs = "commission=2,half_spread=0";
  CHECK(desk.refusal(command).exit_status == 2);
}

TEST_CASE("a synthetic dataset begins so many bars ago and goes on") {
  Desk desk;
  REQUIRE(desk.run(synthetic("demo", 100)) == 0);
  // 11:00 is the newest bar that is closed at 12:00:20; the first of 100 opened 99 hours before.
  auto shown = desk.json(show("demo"));
  auto source = shown.at("source").as_object();
  CHECK(source.integer("bars") == 100);
  CHECK(source.string("first") == "2026-11-19T08:00:00Z");
  CHECK(source.string("last") == "2026-11-23T11:00:00Z");

  desk.clock.advance(std::chrono::hours(3));
  CHECK(desk.json(show("demo")).at("source").as_object().integer("bars") == 103);
}

TEST_CASE("the features are ctt's seven, all thirteen, or those of a file") {
  Desk desk;
  auto command = synthetic("demo");
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.json(show("demo")).at("columns").as_array().size() == 13);

  command = synthetic("everything");
  command.features = "all";
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.json(show("everything")).at("columns").as_array().size() == 22);

  command = synthetic("two");
  command.features =
      support::write(desk.scratch / "two.json", R"([{"type":"rsi","period":5},{"type":"roc"}])").string();
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.json(show("two")).at("columns").text() == R"(["rsi","roc"])");
}

TEST_CASE("a csv dataset keeps the whole path of its file") {
  Desk desk;
  const auto file = support::write(desk.scratch / "btc.csv", hours({0, 1, 2, 4}));
  CHECK(desk.refusal(from_file("../btc", file)).sentence.ends_with("; \"btc\" would be one"));
  REQUIRE(desk.run(from_file("btc-hourly", std::filesystem::relative(file))) == 0);
  auto shown = desk.json(show("btc-hourly"));
  CHECK(shown.string("name") == "btc-hourly");
  CHECK(shown.string("source_type") == "csv");
  CHECK(shown.at("source_config").as_object().string("file") == file.string());
  auto source = shown.at("source").as_object();
  CHECK(source.integer("bars") == 4);
  CHECK(source.integer("holes") == 1);
  // The bar of 4:00 closed at 5:00, 7 h 20 s ago.
  CHECK(source.integer("newest_age_s") == 7 * 3600 + 20);
}

TEST_CASE("what cannot be a dataset is refused, and nothing is stored") {
  Desk desk;
  DatasetsCreate bare;
  bare.dataset = "bare";
  CHECK(desk.refusal(bare).exit_status == 2);

  auto command = synthetic("demo");
  command.source = "syntetic";
  CHECK(desk.refusal(command).sentence.find("did you mean \"synthetic\"?") != std::string::npos);
  command = synthetic("demo");
  command.file = "btc.csv";
  CHECK(desk.refusal(command).sentence == "--file belongs to --source csv, not to synthetic");
  command = synthetic("demo");
  command.regime = "calm";
  CHECK(desk.refusal(command).exit_status == 2);
  command = synthetic("demo");
  for (const char* symbol : {"BTC USD", "../../etc/passwd", "BTC/USD/X"}) {
    command.symbol = symbol;
    CHECK(desk.refusal(command).exit_status == 2);
  }
  command = synthetic("demo");
  command.timeframe = "2h";
  CHECK(desk.refusal(command).exit_status == 2);
  command = synthetic("demo");
  command.features = "al";
  CHECK(desk.refusal(command).sentence.find("did you mean \"all\"?") != std::string::npos);
  command.features = support::write(desk.scratch / "bad.json", R"([{"type":"rsi","perod":5}])").string();
  CHECK(desk.refusal(command).sentence.find("perod") != std::string::npos);
  command.features = (desk.scratch / "nowhere.json").string();
  CHECK(desk.refusal(command).exit_status == 3);

  CHECK(datasets_of(desk) == 0);
}

TEST_CASE("a file that cannot serve as candles is refused by name and line") {
  Desk desk;
  const auto with = [&](const std::string& text) {
    return from_file("btc", support::write(desk.scratch / "btc.csv", text));
  };
  CHECK(desk.refusal(from_file("btc", desk.scratch / "nowhere.csv")).exit_status == 3);

  auto text = hours({0, 1, 2});
  text.replace(text.rfind("100,5"), 5, "one,5");
  const auto no_number = desk.refusal(with(text));
  CHECK(no_number.exit_status == 6);
  CHECK(no_number.sentence.find("btc.csv, line 4") != std::string::npos);

  CHECK(desk.refusal(with("timestamp,open,high,low,close,volume\n")).sentence.find("has no bars") !=
        std::string::npos);

  const auto wide = desk.refusal(with(hours({0, 4, 8, 12})));
  CHECK(wide.exit_status == 6);
  CHECK(wide.sentence.find("has bars of 4h, not of 1h") != std::string::npos);
  CHECK(wide.fix.find("--timeframe 4h") != std::string::npos);
  CHECK(datasets_of(desk) == 0);
}

TEST_CASE("a file with bars that would block a cycle is taken with a warning") {
  Desk desk;
  auto text = hours({0, 1, 2});
  text.replace(text.rfind("101,99"), 6, "99,101");  // high below low
  REQUIRE(desk.run(from_file("btc", support::write(desk.scratch / "btc.csv", text))) == 0);
  CHECK(desk.out().find("! 1 impossible, which would block a cycle") != std::string::npos);
}

TEST_CASE("creating the same dataset twice changes nothing, another of that name is refused") {
  Desk desk;
  const auto file = support::write(desk.scratch / "btc.csv", hours({0, 1, 2}));
  REQUIRE(desk.run(from_file("btc", file)) == 0);
  CHECK_FALSE(desk.json(from_file("btc", file)).boolean("created", true));
  CHECK(desk.last_status == 0);
  CHECK(desk.refusal(synthetic("btc")).exit_status == 5);
  CHECK(datasets_of(desk) == 1);
}

TEST_CASE("a dry run creates and deletes nothing") {
  Desk desk;
  CHECK(desk.would(synthetic("demo")).starts_with("would create dataset demo"));
  CHECK(datasets_of(desk) == 0);
  REQUIRE(desk.run(synthetic("demo")) == 0);
  CHECK(desk.would(deletion("demo")) == "would delete dataset demo (dry run, nothing changed)\n");
  CHECK(datasets_of(desk) == 1);
}

TEST_CASE("deleting asks first, and spares what a schedule uses") {
  Desk desk;
  REQUIRE(desk.run(synthetic("demo")) == 0);
  const auto unanswered = desk.refusal(deletion("demo"));
  CHECK(unanswered.exit_status == 2);
  CHECK(unanswered.fix.find("--yes") != std::string::npos);
  CHECK(desk.run(deletion("demo"), support::yes()) == 0);
  CHECK(datasets_of(desk) == 0);
  CHECK(desk.refusal(deletion("demo"), support::yes()).exit_status == 3);

  desk.change([](store::Transaction& change) {
    sample::add_basics(change);
    store::schedules::insert(change, sample::schedule_row("btc"));
  });
  const auto used = desk.refusal(deletion("btc-1h"), support::yes());
  CHECK(used.exit_status == 5);
  CHECK(used.sentence.find("schedule btc") != std::string::npos);
}

TEST_CASE("a dataset that takes a deleted one's name does not inherit its candles") {
  Desk desk;
  DatasetsFetch fetch;
  fetch.dataset = "demo";
  REQUIRE(desk.run(synthetic("demo", 100)) == 0);
  REQUIRE(desk.run(fetch) == 0);
  REQUIRE(desk.run(deletion("demo"), support::yes()) == 0);
  REQUIRE(desk.run(synthetic("demo", 30)) == 0);
  CHECK(desk.json(show("demo")).at("stored").as_object().integer("bars") == 0);
}

TEST_CASE("datasets are listed with their series and what is stored of it") {
  Desk desk;
  CHECK(desk.json(DatasetsList{}).at("items").as_array().empty());
  REQUIRE(desk.run(synthetic("demo", 40)) == 0);
  DatasetsFetch fetch;
  fetch.dataset = "demo";
  REQUIRE(desk.run(fetch) == 0);
  auto list = desk.json(DatasetsList{});
  CHECK(list.string("schema") == "ctt.datasets.list/1");
  const auto items = list.at("items").as_array();
  REQUIRE(items.size() == 1);
  CHECK(items[0].as_object().string("id") == "demo");
  CHECK(items[0].as_object().integer("stored_bars") == 40);
  REQUIRE(desk.run(DatasetsList{}) == 0);
  CHECK(desk.out() ==
        "DATASET  SOURCE     SYMBOL   WIDTH  COLUMNS  STORED  UP TO\n"
        "demo     synthetic  BTC/USD     1h       13      40  2026-11-23 11:00 UTC\n");
}

TEST_CASE("a dataset is shown although its file is gone") {
  Desk desk;
  const auto file = support::write(desk.scratch / "btc.csv", hours({0, 1, 2}));
  REQUIRE(desk.run(from_file("btc", file)) == 0);
  std::filesystem::remove(file);
  auto shown = desk.json(show("btc"));
  CHECK(desk.last_status == 0);
  CHECK_FALSE(shown.find("source").has_value());
  CHECK(shown.string("source_problem").find("btc.csv") != std::string::npos);
}

TEST_CASE("the head of a dataset is its first bars") {
  Desk desk;
  REQUIRE(desk.run(from_file("btc", support::write(desk.scratch / "btc.csv", hours({0, 1, 2})))) == 0);
  auto command = show("btc");
  command.head = 2;
  const auto head = desk.json(command).at("head").as_array();
  REQUIRE(head.size() == 2);
  CHECK(
      head[1].text() ==
      R"({"timestamp":"2026-11-23T01:00:00Z","open":100.0,"high":101.0,"low":99.0,"close":100.0,"volume":5.0})");
  CHECK(desk.refusal(show("eth")).exit_status == 3);
}
