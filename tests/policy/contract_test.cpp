#include "base/error.h"
#include "policy/example.h"

using namespace ctt::policy;
using ctt::base::Error;

TEST_CASE("a contract comes back from its JSON") {
  const auto contract = example_contract();
  const auto read = Contract::parse(contract.json(), "contract");
  CHECK(!read.difference(contract));
  CHECK(read.json() == contract.json());
}

TEST_CASE("the first difference is named with both sides") {
  const auto ours = example_contract();
  auto theirs = ours;
  CHECK(!ours.difference(theirs));
  SUBCASE("window") {
    theirs.window_size = 10;
    CHECK(ours.difference(theirs) == "window_size is 3, not 10");
  }
  SUBCASE("symbol") {
    theirs.symbol = "ETH/USD";
    CHECK(ours.difference(theirs) == "symbol is BTC/USD, not ETH/USD");
  }
  SUBCASE("timeframe") {
    theirs.timeframe = ctt::market::Timeframe::parse("4h");
    CHECK(ours.difference(theirs) == "timeframe is 1h, not 4h");
  }
  SUBCASE("parameters of the action scheme") {
    theirs.action_parameters["stop_pct"] = 0.1;
    CHECK(ours.difference(theirs) == "action_scheme_params is {stop_pct 0.05}, not {stop_pct 0.1}");
  }
  SUBCASE("fill") {
    theirs.fill = "close";
    CHECK(ours.difference(theirs) == "fill is next_open, not close");
  }
  SUBCASE("account columns") {
    theirs.account_columns = true;
    CHECK(ours.difference(theirs) == "account_columns is false, not true");
  }
  SUBCASE("features") {
    theirs.features = ctt::features::FeatureSet::parse(R"([{"type":"rsi","period":9},{"type":"roc"}])");
    CHECK(ours.difference(theirs)->starts_with("features is "));
  }
  SUBCASE("network") {
    theirs.network.hidden = {5};
    CHECK(ours.difference(theirs)->starts_with("network is "));
  }
}

TEST_CASE("contracts that differ in costs alone are no different, and keep them") {
  const auto ours = example_contract();
  auto theirs = ours;
  theirs.costs = {0.0025, 0.00045};
  CHECK_FALSE(ours.difference(theirs));
  CHECK(Contract::parse(theirs.json(), "contract").costs == theirs.costs);
}

TEST_CASE("a contract of a version without a half spread has none") {
  auto text = example_contract().json();
  const std::string key = R"("half_spread":0.0001,)";
  const auto at = text.find(key);
  REQUIRE(at != std::string::npos);
  text.erase(at, key.size());
  CHECK(Contract::parse(text, "contract").costs == ctt::market::Costs{0.0005, 0});
}

TEST_CASE("a lineage may record what its parent was trained for") {
  Lineage lineage;
  lineage.parent_sha256 = "ab";
  lineage.parent_costs = {0.0005, 0};
  CHECK(Lineage::parse(lineage.json(), "lineage") == lineage);
  lineage.parent_costs.reset();
  CHECK(Lineage::parse(lineage.json(), "lineage") == lineage);
}

TEST_CASE("a contract with a missing, an unknown or an absurd entry is refused") {
  const auto refused = [](std::string from, const std::string& to) {
    auto text = example_contract().json();
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    CHECK_THROWS_AS(Contract::parse(text, "contract"), Error);
  };
  refused(R"("symbol")", R"("sybmol")");
  refused(R"("inputs":6)", R"("inputs":99999999999)");
  refused(R"("hidden":[5,4])", R"("hidden":[0])");
  refused(R"("activation":"tanh")", R"("activation":"gelu")");
  refused(R"("columns":[)", R"("columns":["more",)");
  refused(R"("window_size":3)", R"("window_size":0)");
  for (const char* commission : {"2", "-0.001", "0.51", "1e308"})
    refused(R"("commission":0.0005)", fmt::format(R"("commission":{})", commission));
  refused(R"("half_spread":0.0001)", R"("half_spread":0.6)");
  for (const char* symbol : {"../../etc/passwd", "", "BTC USD", "BTC/USD/X"})
    refused(R"("symbol":"BTC/USD")", fmt::format(R"("symbol":"{}")", symbol));
}
