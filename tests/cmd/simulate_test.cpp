#include "cmd/simulate.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;
using support::Desk;

namespace {

/// Closes 100, 200, 200, 100; each bar opens at the close before it.
constexpr auto kFourBars =
    "timestamp,open,high,low,close,volume\n"
    "2024-01-01T00:00:00Z,100,101,99,100,5\n"
    "2024-01-01T01:00:00Z,100,201,99,200,5\n"
    "2024-01-01T02:00:00Z,200,201,199,200,5\n"
    "2024-01-01T03:00:00Z,200,201,99,100,5\n";

Simulate simulation(Desk& desk, const std::string& actions) {
  Simulate command;
  command.candles = support::write(desk.scratch / "candles.csv", kFourBars).string();
  command.actions = support::write(desk.scratch / "actions.txt", actions).string();
  command.reward_scheme = "SimpleProfit";
  command.commission = 0;
  command.cash = 1000;
  command.fill = "close";
  return command;
}

}  // namespace

// Bought at 100, sold at 200: the money doubles once.
TEST_CASE("a script is carried out bar by bar") {
  Desk desk;
  REQUIRE(desk.run(simulation(desk, "1\n0\n2\n")) == 0);
  CHECK(desk.out() ==
        "step,action,reward,net_worth,asset\n"
        "0,1,1,2000,10\n"
        "1,0,0,2000,10\n"
        "2,2,0,2000,0\n");
}

// At a commission of a quarter, 1000 buys 7.5 instead of 10.
TEST_CASE("commission, cash and fill are those that were given") {
  Desk desk;
  auto command = simulation(desk, "1\r\n");
  command.commission = 0.25;
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.out() == "step,action,reward,net_worth,asset\n0,1,0.5,1500,7.5\n");

  command.costs = "commission=0.25,half_spread=0.5";
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.out() == "step,action,reward,net_worth,asset\n0,1,0,1000,5\n");

  command = simulation(desk, "0\n1\n");  // decided at close 200, carried out at open 200
  command.fill = "next_open";
  command.cash = 400;
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.out().ends_with("1,1,0,400,2\n"));
}

TEST_CASE("parameters reach the schemes") {
  Desk desk;
  auto command = simulation(desk, "1\n2\n2\n");
  command.action_scheme = "HoldMinimumBSH";
  command.action_parameters = {"min_hold_steps=3"};
  auto answer = desk.json(command);
  CHECK(answer.string("schema") == "ctt.simulate/1");
  CHECK(answer.integer("trades") == 1);
  const auto items = answer.at("items").as_array();
  CHECK(items[2].as_object().number("asset") == 10);
  CHECK(items[2].as_object().number("net_worth") == 1000);

  command.action_parameters = {"min_hold_steps=0"};
  CHECK(desk.json(command).integer("trades") == 2);
  command.reward_scheme = "RiskAdjustedReturns";
  command.reward_parameters = {"return_algorithm=sortino", "window_size=2"};
  CHECK(desk.run(command) == 0);
}

TEST_CASE("an action that cannot be carried out is named by file and line, and nothing is written") {
  Desk desk;
  const auto refused = [&](const std::string& actions) {
    auto command = simulation(desk, actions);
    command.output = (desk.scratch / "out.csv").string();
    const auto caught = desk.refusal(command);
    CHECK(caught.exit_status == 2);
    CHECK_FALSE(std::filesystem::exists(command.output));
    return caught.sentence.substr(caught.sentence.find("actions.txt"));
  };
  CHECK(refused("1\nbuy\n") == "actions.txt, line 2: \"buy\" is no action number");
  CHECK(refused("1\n1.5\n") == "actions.txt, line 2: \"1.5\" is no action number");
  CHECK(refused("1\n\n2\n") == "actions.txt, line 2: \"\" is no action number");
  CHECK(refused("3\n") == "actions.txt, line 1: action 3 is out of range; this scheme has 0 to 2");
  CHECK(refused("0\n-1\n") == "actions.txt, line 2: action -1 is out of range; this scheme has 0 to 2");
  CHECK(refused("0\n0\n0\n0\n") ==
        "actions.txt, line 4: more actions than bars: 4 bars have room for 3, each needs a bar after it");
  CHECK(refused("\n\n") == "actions.txt has no actions");
}

TEST_CASE("a fourth action is there in the schemes that have one") {
  Desk desk;
  auto command = simulation(desk, "1\n3\n");
  command.action_scheme = "ScaledEntryBSH";
  CHECK(desk.run(command) == 0);
}

TEST_CASE("schemes, parameters and candles that are none are refused") {
  Desk desk;
  auto command = simulation(desk, "1\n");
  command.action_scheme = "BHS";
  CHECK(desk.refusal(command).sentence.find("did you mean \"BSH\"?") != std::string::npos);
  for (const char* parameter :
       {"stop_pct", "stop_pct=", "=1", "stop_pct=low", "stop_pct=nan", "stop_pct=2", "stop=0.1"}) {
    CAPTURE(parameter);
    command = simulation(desk, "1\n");
    command.action_scheme = "TrailingStopBSH";
    command.action_parameters = {parameter};
    CHECK(desk.refusal(command).exit_status == 2);
  }
  command.action_parameters = {"stop_pct=0.1", "stop_pct=0.2"};
  CHECK(desk.refusal(command).sentence.find("was given before") != std::string::npos);

  command = simulation(desk, "1\n");
  command.commission = 0.6;
  CHECK(desk.refusal(command).exit_status == 2);
  command = simulation(desk, "1\n");
  command.fill = "open";
  CHECK(desk.refusal(command).exit_status == 2);
  command = simulation(desk, "1\n");
  command.actions = (desk.scratch / "nowhere.txt").string();
  CHECK(desk.refusal(command).exit_status == 3);
  command = simulation(desk, "1\n");
  std::string text = kFourBars;
  text.replace(text.rfind("100,5"), 3, "nan");
  support::write(command.candles, text);
  CHECK(desk.refusal(command).exit_status == 6);
}

TEST_CASE("the run goes to a file, or with --dry-run nowhere") {
  Desk desk;
  auto command = simulation(desk, "1\n0\n2\n");
  command.output = (desk.scratch / "out.csv").string();
  CHECK(desk.would(command).starts_with("would write 3 steps"));
  CHECK_FALSE(std::filesystem::exists(command.output));
  CHECK(desk.json(command).number("net_worth") == 2000);
  CHECK(support::read(command.output).ends_with("2,2,0,2000,0\n"));
}

TEST_CASE("a place that is not there is told before the actions are read") {
  Desk desk;
  auto command = simulation(desk, "none\n");
  command.output = (desk.scratch / "none" / "out.csv").string();
  CHECK(desk.refusal(command).sentence.starts_with("there is no folder "));
}
