#include "market/costs.h"

#include "base/error.h"

using namespace ctt::market;
using ctt::base::Error;
using ctt::base::JsonValue;
using doctest::Approx;

namespace {

std::string refusal(const std::string& text) {
  try {
    parse_costs(text);
  } catch (const Error& error) {
    CHECK(error.failure() == ctt::base::Failure::usage);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a profile's name stands for its two numbers, and its numbers for the name") {
  CHECK(parse_costs("alpaca-tier1") == Costs{0.0025, 0.00045});
  CHECK(parse_costs("alpaca-tier8") == Costs{0.0010, 0.00045});
  CHECK(parse_costs("free") == Costs{});
  CHECK(profile_name({0.0022, 0.00045}) == "alpaca-tier2");
  CHECK_FALSE(profile_name({0.0022, 0}));
}

TEST_CASE("costs without a profile are both numbers, in either order") {
  CHECK(parse_costs("commission=0.001,half_spread=0.0002") == Costs{0.001, 0.0002});
  CHECK(parse_costs("half_spread=0.0002,commission=1e-3") == Costs{0.001, 0.0002});
}

TEST_CASE("what is written is read back") {
  for (const Costs costs : {Costs{0.0025, 0.00045}, Costs{0.001, 0.0002}, Costs{}}) {
    CHECK(parse_costs(costs_text(costs)) == costs);
    CHECK(read_costs(JsonValue::parse(costs_json(costs), "config")) == costs);
  }
  CHECK(costs_text({0.001, 0.0002}) == "commission=0.001,half_spread=0.0002");
  CHECK(costs_words({0.0025, 0.00045}) == "alpaca-tier1 (commission 25 bp, half spread 4.5 bp)");
  CHECK(costs_words({0.0005, 0}) == "commission 5 bp, half spread 0 bp");
}

TEST_CASE("costs that are none are refused in one sentence") {
  CHECK(refusal("alpaca-tier9").find("no costs are called \"alpaca-tier9\" (did you mean \"alpaca-tier") ==
        0);
  CHECK(refusal("").find("no costs are called \"\"") == 0);
  CHECK(refusal("commission=0.001").find("it takes both numbers") != std::string::npos);
  CHECK(refusal("commission=0.001,commission=0.001").find("commission stands twice") != std::string::npos);
  CHECK(refusal("commission=1bp,half_spread=0").find("\"1bp\" is no number") != std::string::npos);
  CHECK(refusal("commission=,half_spread=0").find("\"\" is no number") != std::string::npos);
  CHECK(refusal("fee=0.001,half_spread=0").find("\"fee\" is neither") != std::string::npos);
  CHECK(refusal("commission=0.6,half_spread=0") == "commission must be at least 0 and at most 0.5, not 0.6");
  CHECK(refusal("commission=0,half_spread=-1") == "half_spread must be at least 0 and at most 0.5, not -1");
  CHECK(refusal("commission=nan,half_spread=0").find("commission must be") == 0);
}

TEST_CASE("a profile with another one's numbers is refused, an unknown key too") {
  const auto read = [](const char* text) { return read_costs(JsonValue::parse(text, "config")); };
  CHECK(read(R"("alpaca-tier1")") == Costs{0.0025, 0.00045});
  CHECK_THROWS_AS(read(R"({"profile":"free","commission":0.0025,"half_spread":0})"), Error);
  CHECK_THROWS_AS(read(R"({"commission":0.0025,"half_spread":0,"maker":0})"), Error);
  CHECK_THROWS_AS(read(R"({"commission":0.0025})"), Error);
}

// 10 units bought at 101 over a middle of 100 and sold at 99.
TEST_CASE("what the spread took is the distance to the middle") {
  const Costs costs{0.0025, 0.01};
  CHECK(spread_paid({.side = Side::buy, .price = 101, .quantity = 10}, costs) == Approx(10));
  CHECK(spread_paid({.side = Side::sell, .price = 99, .quantity = 10}, costs) == Approx(10));
  CHECK(spread_paid({}, costs) == 0);
}
