#include "cmd/features/features.h"
#include "market/csv.h"
#include "support/desk.h"
#include "support/reference.h"

using namespace ctt;
using namespace ctt::cmd;
using support::Desk;

namespace {

constexpr auto kThreeBars =
    "timestamp,open,high,low,close,volume\n"
    "2024-01-01T00:00:00Z,100,101,99,100,5\n"
    "2024-01-01T01:00:00Z,100,101,99,100,5\n"
    "2024-01-01T02:00:00Z,100,151,99,150,5\n";

/// The roc of one bar back, as it is: half of the price before at the third bar.
Features roc(Desk& desk, const std::string& candles) {
  Features command;
  command.candles = support::write(desk.scratch / "candles.csv", candles).string();
  command.spec =
      support::write(desk.scratch / "spec.json", R"([{"type":"roc","period":1,"normalize":"none"}])")
          .string();
  return command;
}

std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> found{""};
  for (const char c : line) {
    if (c == ',') {
      found.emplace_back();
    } else if (c != '\r') {
      found.back() += c;
    }
  }
  return found;
}

}  // namespace

TEST_CASE("features of a file are a column each, empty while warming up") {
  Desk desk;
  REQUIRE(desk.run(roc(desk, kThreeBars)) == 0);
  CHECK(desk.out() ==
        "timestamp,roc\n2024-01-01T00:00:00Z,\n2024-01-01T01:00:00Z,0\n2024-01-01T02:00:00Z,0.5\n");
}

TEST_CASE("with --json the columns are named and warming up is null") {
  Desk desk;
  auto answer = desk.json(roc(desk, kThreeBars));
  CHECK(answer.string("schema") == "ctt.features/1");
  CHECK(answer.at("columns").text() == R"(["roc"])");
  const auto items = answer.at("items").as_array();
  CHECK(items[0].text() == R"({"timestamp":"2024-01-01T00:00:00Z","roc":null})");
  CHECK(items[2].as_object().number("roc") == 0.5);
}

TEST_CASE("features go to a file, or with --dry-run nowhere") {
  Desk desk;
  auto command = roc(desk, kThreeBars);
  command.output = (desk.scratch / "out.csv").string();
  CHECK(desk.would(command).starts_with("would write 3 rows of 1 features"));
  CHECK_FALSE(std::filesystem::exists(command.output));
  REQUIRE(desk.run(command) == 0);
  CHECK(support::read(command.output).ends_with("02:00:00Z,0.5\n"));
}

TEST_CASE("rows may stand in any order, and of two of one time the later counts") {
  Desk desk;
  const std::string header = "timestamp,open,high,low,close,volume\n";
  REQUIRE(desk.run(roc(desk, header + "2024-01-01T01:00:00Z,1,9,1,2,1\n2024-01-01T00:00:00Z,1,9,1,1,1\n"
                                      "2024-01-01T01:00:00Z,1,9,1,3,1\n")) == 0);
  const auto turned = desk.out();
  REQUIRE(desk.run(roc(desk, header + "2024-01-01T00:00:00Z,1,9,1,1,1\n2024-01-01T01:00:00Z,1,9,1,3,1\n")) ==
          0);
  CHECK(desk.out() == turned);
}

TEST_CASE("candles that are none and specs that are none are refused, and nothing is written") {
  Desk desk;
  std::string text = kThreeBars;
  auto command = roc(desk, text + "2024-01-01T03:00:00Z,1,x,1,1,1\n");
  command.output = (desk.scratch / "out.csv").string();
  CHECK(desk.refusal(command).exit_status == 6);
  CHECK(desk.refusal(roc(desk, "timestamp,open,high,low,close,volume\n")).exit_status == 6);

  command = roc(desk, kThreeBars);
  command.output = (desk.scratch / "out.csv").string();
  support::write(command.spec, R"([{"type":"rocc"}])");
  CHECK(desk.refusal(command).exit_status == 2);
  command.spec = "nothing";
  CHECK(desk.refusal(command).exit_status == 2);
  command.spec = "all";
  command.candles = (desk.scratch / "nowhere.csv").string();
  CHECK(desk.refusal(command).exit_status == 3);
  CHECK_FALSE(std::filesystem::exists(command.output));
}

TEST_CASE("the file of features agrees with the reference, cell by cell") {
  const auto candles = support::reference("golden/candles.csv");
  const auto spec = support::reference("golden/features-custom.json");
  const auto wanted = support::reference("golden/features-custom.csv");
  if (!candles || !spec || !wanted) return;
  Desk desk;
  Features command;
  command.candles = candles->string();
  command.spec = spec->string();
  REQUIRE(desk.run(command) == 0);
  std::istringstream ours(desk.out()), theirs(support::read(*wanted));
  std::string our_line, their_line;
  std::size_t rows = 0;
  while (std::getline(theirs, their_line)) {
    REQUIRE(std::getline(ours, our_line));
    const auto a = fields(our_line), b = fields(their_line);
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      CAPTURE(rows);
      CAPTURE(i);
      if (rows == 0 || i == 0 || b[i].empty()) {
        REQUIRE(a[i] == b[i]);
      } else {
        REQUIRE(std::abs(std::stod(a[i]) - std::stod(b[i])) <= 1e-9);
      }
    }
    ++rows;
  }
  CHECK(rows == 701);
  CHECK_FALSE(std::getline(ours, our_line));
}

TEST_CASE("a place that is not there is told before the candles are read") {
  Desk desk;
  Features command;
  command.candles = (desk.scratch / "nowhere.csv").string();
  command.output = (desk.scratch / "none" / "out.csv").string();
  CHECK(desk.refusal(command).sentence.starts_with("there is no folder "));
}
