#include "schedule/config.h"

#include "store/sample.h"

namespace ctt {

using namespace sample;
using namespace std::chrono_literals;
using schedule::Config;
using schedule::Gate;
using schedule::Misfire;

TEST_CASE("settings have the keys of the web contract") {
  CHECK(
      Config{}.json() ==
      R"({"interval_hours":6,"window_candles":1000,"holdout_candles":100,"iterations_per_cycle":20,)"
      R"("fine_tune_lr_multiplier":0.2,"symbol":"BTC/USD","timeframe":"1Hour","auto_deploy":true,"gate":"basic",)"
      R"("misfire":"run_once","data_policy":{"hole":"fill","duplicate":"fill","unordered":"block","off_grid":"block",)"
      R"("zero_volume":"mark","revised":"mark","not_finite":"block","impossible":"block",)"
      R"("filled_fraction_max":0.25},"anchor":"00:00:20Z"})");
  CHECK(Config::parse("{}", "test") == Config{});
}

TEST_CASE("a tenth of the window is held back unless a number is given") {
  CHECK(Config::parse(R"({"window_candles":500})", "test").holdout_candles == 50);
  CHECK(Config::parse(R"({"window_candles":500,"holdout_candles":0})", "test").holdout_candles == 0);
  CHECK(caught([] {
          Config::parse(R"({"window_candles":500,"holdout_candles":251})", "test");
        }).exit_status == 2);
}

TEST_CASE("every setting survives being written and read") {
  Config config;
  config.interval = 15min;
  config.window_candles = 500;
  config.holdout_candles = 40;
  config.iterations_per_cycle = 7;
  config.fine_tune_lr_multiplier = 0.05;
  config.symbol = "ETH/USD";
  config.timeframe = market::Timeframe::parse("15m");
  config.auto_deploy = false;
  config.gate = Gate::strict;
  config.misfire = Misfire::run_all;
  config.data_policy = market::DefectPolicies::parse(R"({"hole":"block","filled_fraction_max":0.05})");
  config.costs = market::Costs{0.0025, 0.00045};
  config.anchor = 13h + 5min + 9s;
  CHECK(Config::parse(config.json(), "test") == config);
  CHECK(config.json().find(R"("interval_hours":0.25)") != std::string::npos);
  config.interval = 1min;  // a sixtieth of an hour is no round number
  CHECK(Config::parse(config.json(), "test").interval == 1min);
}

TEST_CASE("costs may be a profile's name, and are the pack's when they are absent") {
  CHECK(Config::parse(R"({"costs":"alpaca-tier1"})", "test").costs == market::Costs{0.0025, 0.00045});
  CHECK_FALSE(Config::parse("{}", "test").costs);
  CHECK(caught([] { Config::parse(R"({"costs":"cheap"})", "test"); }).exit_status == 2);
}

TEST_CASE("settings beyond their limits are refused with the limits") {
  const auto sentence = [](const char* json) {
    return caught([&] { Config::parse(json, "schedule btc"); }).sentence;
  };
  CHECK(sentence(R"({"interval_hours":0.016})") ==
        "schedule btc: interval_hours must be between 1 minute and 366 days");
  CHECK(sentence(R"({"interval_hours":-1})") ==
        "schedule btc: interval_hours must be between 1 minute and 366 days");
  CHECK(sentence(R"({"interval_hours":1e300})") ==
        "schedule btc: interval_hours must be between 1 minute and 366 days");
  CHECK(sentence(R"({"window_candles":9})") ==
        "schedule btc: window_candles must be between 10 and 1,000,000");
  CHECK(sentence(R"({"iterations_per_cycle":0})") ==
        "schedule btc: iterations_per_cycle must be between 1 and 100,000");
  CHECK(sentence(R"({"fine_tune_lr_multiplier":0})") ==
        "schedule btc: fine_tune_lr_multiplier must be above 0 and at most 10");
  CHECK(sentence(R"({"gate":"loose"})") == "\"loose\" is no gate; there are none, basic, strict");
  CHECK(sentence(R"({"misfire":"run_twice"})").starts_with("\"run_twice\" is no misfire"));
  CHECK(sentence(R"({"data_policy":{"hole":"ignore"}})")
            .ends_with("must be fill, mark or block, not \"ignore\""));
  CHECK(sentence(R"({"interval":6})") ==
        "schedule btc: unknown key \"interval\" (did you mean \"interval_hours\"?)");
  CHECK(sentence(R"({"windowcandles":6})") ==
        "schedule btc: unknown key \"windowcandles\" (did you mean \"window_candles\"?)");
  CHECK(sentence(R"({"window_candles":"many"})") ==
        "schedule btc: \"window_candles\" must be a whole number, not \"many\"");
}

TEST_CASE("an anchor is a time of day") {
  CHECK(schedule::parse_anchor("23:59:59Z") == 23h + 59min + 59s);
  CHECK(schedule::parse_anchor("00:00:20") == 20s);
  CHECK(schedule::anchor_text(13h + 5min + 9s) == "13:05:09Z");
  for (const char* bad : {"24:00:00Z", "00:60:00Z", "0:0:20Z", "00:00", "noon", "aa:bb:cc", ""}) {
    CHECK(caught([&] { schedule::parse_anchor(bad); }).exit_status == 2);
  }
}

TEST_CASE("the command line's spelling of a misfire is understood") {
  CHECK(schedule::parse_misfire("run-once") == Misfire::run_once);
  CHECK(name(schedule::parse_misfire("run_all")) == "run_all");
}

}  // namespace ctt
