// The command line around the commands: words, help, exit status.
#include <iostream>

#include "cmd/cycle/reproduce.h"
#include "cmd/cycle/show.h"
#include "cmd/datasets/create.h"
#include "cmd/datasets/export.h"
#include "cmd/datasets/list.h"
#include "cmd/packs/create.h"
#include "cmd/packs/show.h"
#include "cmd/schedule/start.h"
#include "cmd/shell/run_main.h"
#include "cmd/simulate.h"
#include "cmd/trade/trade.h"
#include "cmd/version.h"
#include "environment/action_type.h"
#include "environment/reward_type.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;

namespace {

void declare(CLI::App& root, Commands& commands) {
  auto& datasets = commands.group("datasets", "Where candles come from");
  commands.add<DatasetsCreate>(datasets);
  commands.add<DatasetsList>(datasets);
  commands.add<DatasetsExport>(datasets);
  auto& packs = commands.group("packs", "Hyper-parameter packs");
  commands.add<PacksCreate>(packs);
  commands.add<PacksShow>(packs);
  auto& schedule = commands.group("schedule", "When training cycles run");
  commands.add<ScheduleStart>(schedule);
  auto& cycle = commands.group("cycle", "Training cycles");
  commands.add<CycleShow>(cycle);
  commands.add<CycleReproduce>(cycle);
  commands.add<Simulate>(root);
  commands.add<TradeRun>(root);
  commands.add<Version>(root);
}

struct Answer {
  int status = 0;
  std::string out;
  std::string err;
};

/// Runs `ctt WORDS` in this process.
Answer typed(std::vector<std::string> words) {
  words.insert(words.begin(), "ctt");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  std::ostringstream out, err;
  auto* const cout = std::cout.rdbuf(out.rdbuf());
  auto* const cerr = std::cerr.rdbuf(err.rdbuf());
  Answer answer;
  answer.status = run_main(static_cast<int>(argv.size()), argv.data(), declare);
  std::cout.rdbuf(cout);
  std::cerr.rdbuf(cerr);
  answer.out = out.str();
  answer.err = err.str();
  return answer;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("unknown words end with 2 and the nearest one") {
  const auto noun = typed({"dataset", "list"});
  CHECK(noun.status == 2);
  CHECK(noun.out.empty());
  CHECK(has(noun.err, "unknown command \"dataset\" (did you mean \"datasets\"?)"));
  CHECK(has(typed({"datasets", "lst"}).err, "unknown command \"lst\" (did you mean \"list\"?)"));
  CHECK(has(typed({"schedule", "start", "--intervall", "6h"}).err,
            "unknown option \"--intervall\" (did you mean \"--interval\"?)"));
  CHECK(has(typed({"datasets", "list", "more"}).err, "takes no argument \"more\""));
}

TEST_CASE("an option that was cut short is known, and its value is not taken for a command") {
  const auto cut = typed({"schedule", "start", "--inter", "version"});
  CHECK(cut.status == 2);
  CHECK(has(cut.err, "unknown option \"--inter\" (did you mean \"--interval\"?)"));
  CHECK(has(cut.err, "fix  ctt schedule start --help"));
}

TEST_CASE("one word of many that is none of them is refused with all of them") {
  CHECK(has(typed({"datasets", "export", "btc-1h", "--format", "xml"}).err,
            "error: --format: \"xml\" is none of csv, jsonl\n  fix  ctt datasets export --help"));
}

TEST_CASE("no topic of the help is wider than a terminal") {
  for (const char* topic : {"config", "schemes", "environment", "json", "errors", "exit-codes"}) {
    std::istringstream lines(typed({"help", topic}).out);
    for (std::string line; std::getline(lines, line);)
      CHECK_MESSAGE(line.size() <= 80, topic << ": " << line);
  }
}

TEST_CASE("no abbreviation of a command is taken for it") { CHECK(typed({"datasets", "li"}).status == 2); }

TEST_CASE("a noun without its verb, and no word at all, show help and end with 2") {
  const auto noun = typed({"datasets"});
  CHECK(noun.status == 2);
  CHECK(has(noun.err, "Usage: ctt datasets [options] VERB"));
  CHECK(typed({}).status == 2);
}

TEST_CASE("help begins with examples and tells the exit status") {
  const auto help = typed({"datasets", "create", "-h"});
  CHECK(help.status == 0);
  CHECK(help.out.find("Examples:") < help.out.find("Usage: ctt datasets create NAME [options]"));
  CHECK(has(help.out, "--regime REGIME"));
  CHECK(has(help.out, "Exit status: 0 created"));
  CHECK(typed({"help", "datasets", "create"}).out == help.out);
  CHECK(has(typed({"help", "exit-codes"}).out, "75"));
  const auto unknown = typed({"help", "exit-code"});
  CHECK(unknown.status == 2);
  CHECK(has(unknown.err, "did you mean \"exit-codes\"?"));
}

TEST_CASE("help lists the action and reward schemes with what they take") {
  const auto schemes = typed({"help", "schemes"});
  CHECK(schemes.status == 0);
  for (const auto& type : environment::action_types()) CHECK(has(schemes.out, std::string(type.name)));
  for (const auto& type : environment::reward_types()) CHECK(has(schemes.out, std::string(type.name)));
  CHECK(has(schemes.out, "stop_pct"));
  CHECK(has(typed({"simulate", "-h"}).out, "ctt help schemes"));
}

TEST_CASE("an error is a sentence with its mending, or one object with --json") {
  support::Desk desk;
  const auto home = desk.home.root.string();
  const auto text = typed({"packs", "show", "nothing", "--home", home});
  CHECK(text.status == 3);
  CHECK(text.err ==
        "error: no pack is called \"nothing\"\n"
        "  fix  ctt packs list\n"
        "  E_NOT_FOUND, exit 3, more: ctt help exit-codes\n");
  const auto json = typed({"--json", "packs", "show", "nothing", "--home", home});
  CHECK(json.out.empty());
  CHECK(
      json.err ==
      R"({"schema":"ctt.error/1","code":"E_NOT_FOUND","exit":3,"message":"no pack is called \"nothing\"","why":null,"fix":["ctt packs list"]})"
      "\n");
}

TEST_CASE("global flags may stand before and after the command") {
  support::Desk desk;
  const auto home = desk.home.root.string();
  CHECK(typed({"--home", home, "--json", "datasets", "list"}).out ==
        "{\"schema\":\"ctt.datasets.list/1\",\"items\":[]}\n");
  CHECK(typed({"datasets", "list", "--json", "--home", home}).out ==
        "{\"schema\":\"ctt.datasets.list/1\",\"items\":[]}\n");
}

TEST_CASE("a repeated option takes one value at a time") {
  support::Desk desk;
  const auto made = typed({"--home", desk.home.root.string(), "--json", "packs", "create", "--set",
                           "gamma=0.9", "--set", "lr=0.01", "mine"});
  CHECK(made.status == 0);
  CHECK(has(made.out, R"("config":{"gamma":0.9,"lr":0.01})"));
}

TEST_CASE("a value out of range and a missing option are usage") {
  CHECK(typed({"datasets", "create", "x", "--source", "synthetic", "--candles", "0"}).status == 2);
  const auto missing = typed({"simulate", "--actions", "a.txt"});
  CHECK(missing.status == 2);
  CHECK(has(missing.err, "--candles"));
}

TEST_CASE("a limit that is not a finite number is refused by the flag's name") {
  for (const char* flag : {"--max-drawdown", "--max-daily-loss", "--max-position", "--cash", "--speed"}) {
    for (const char* word : {"nan", "inf", "-inf", "1e400", "-1", "12x", ""}) {
      CAPTURE(flag);
      CAPTURE(word);
      const auto answer = typed({"trade", flag, word});
      CHECK(answer.status == 2);
      CHECK(has(answer.err, fmt::format("error: {}: {} is not a number ", flag, word)));
    }
  }
  CHECK(has(typed({"trade", "--speed", "-1"}).err, "--speed: -1 is not a number of at least 0\n"));
  CHECK(has(typed({"trade", "--cash", "0"}).err, "--cash: 0 is not a number above 0\n"));
  CHECK(has(typed({"trade", "--max-drawdown", "100.5"}).err, "100.5 is not a number from 0 to 100\n"));
}

TEST_CASE("limits within their range are taken") {
  support::Scratch scratch;
  const auto nowhere = (scratch / "nowhere").string();
  const auto answer = typed({"--home", nowhere, "trade", "--max-drawdown", "100", "--max-daily-loss", "0",
                             "--max-position", "1e3", "--cash", "0.5", "--speed", "0"});
  CHECK(answer.status == 3);  // there is no state directory; the flags were no obstacle
}

TEST_CASE("a cycle's number that does not fit is refused, not made to fit") {
  for (const char* verb : {"show", "reproduce"}) {
    const auto large = typed({"cycle", verb, "99999999999999999999"});
    CHECK(large.status == 2);
    CHECK(has(large.err, "N: 99999999999999999999 is out of range"));
    CHECK(typed({"cycle", verb, "0"}).status == 2);
    CHECK(has(typed({"cycle", verb, "1.5"}).err, "1.5 is not a whole number above 0"));
  }
}

TEST_CASE("-V and --version print the version, with --json its document") {
  for (const char* flag : {"-V", "--version"}) {
    const auto answer = typed({flag});
    CHECK(answer.status == 0);
    CHECK(answer.out == version_line() + "\n");
    CHECK(answer.err.empty());
    CHECK(typed({"datasets", "create", flag}).out == answer.out);
    const auto document = typed({flag, "--json"});
    CHECK(document.status == 0);
    CHECK(document.out == typed({"version", "--json"}).out);
  }
}

TEST_CASE("without a state directory a command says how to make one") {
  support::Scratch scratch;
  const auto answer = typed({"datasets", "list", "--home", (scratch / "nowhere").string()});
  CHECK(answer.status == 3);
  CHECK(has(answer.err, "fix  ctt init"));
}
