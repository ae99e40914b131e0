#include "market/soundness.h"

#include <limits>

#include "base/error.h"
#include "environment/market_data.h"
#include "market/window.h"
#include "trader/bar_check.h"

namespace ctt::trader {
namespace {

using market::Candle;
using market::Soundness;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const auto kHourly = market::Timeframe::parse("1h");
const Candle kBefore{base::Seconds{}, 100, 102, 99, 101, 5};

// What blocks a cycle over this candle, by the default policies.
std::string blocks_training(const Candle& candle) {
  const market::DefectPolicies policies;
  const auto window = market::repair_candles({"BTC/USD", kHourly, {kBefore, candle}}, policies);
  if (!market::blocked(window, policies)) return "";
  return std::string(window.defects.of(market::Defect::not_finite) > 0 ? "not_finite" : "impossible");
}

std::string refused_by_trader(const Candle& candle) {
  const auto refusal = refusal_of({candle, kHourly, false}, {kHourly, kBefore.open_time, std::nullopt});
  return refusal ? std::string(name(*refusal)) : "";
}

bool refused_by_environment(const Candle& candle) {
  try {
    environment::MarketData::prices_only({kBefore, candle});
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::data_blocked);
    return true;
  }
  return false;
}

struct Row {
  const char* what;
  double open, high, low, close, volume;
  const char* verdict;      // of training and of the trader; empty: sound
  bool account_can_reckon;  // with its open and close
};

constexpr Row kRows[] = {
    {"a rise", 100, 102, 99, 101, 5, "", true},
    {"a fall", 101, 102, 99, 100, 5, "", true},
    {"one price", 100, 100, 100, 100, 5, "", true},
    {"nothing traded", 100, 100, 100, 100, 0, "", true},
    {"the lowest price", 1e-12, 1e-12, 1e-12, 1e-12, 1, "", true},
    {"the highest price", 1e12, 1e12, 1e12, 1e12, 1, "", true},
    {"no open", kNan, 102, 99, 101, 5, "not_finite", false},
    {"no close", 100, 102, 99, kNan, 5, "not_finite", false},
    {"a close without end", 100, kInfinity, 99, kInfinity, 5, "not_finite", false},
    {"no high", 100, kNan, 99, 101, 5, "not_finite", true},
    {"no low", 100, 102, kNan, 101, 5, "not_finite", true},
    {"no volume", 100, 102, 99, 101, kNan, "not_finite", true},
    {"high below low", 100, 99, 102, 101, 5, "impossible", true},
    {"open above high", 103, 102, 99, 101, 5, "impossible", true},
    {"open below low", 98, 102, 99, 101, 5, "impossible", true},
    {"close above high", 100, 102, 99, 103, 5, "impossible", true},
    {"close below low", 100, 102, 99, 98, 5, "impossible", true},
    {"a low of 0", 100, 102, 0, 101, 5, "impossible", true},
    {"an open of 0", 0, 102, 0, 101, 5, "impossible", false},
    {"a close below 0", 100, 102, -1, -1, 5, "impossible", false},
    {"a price below all markets", 1e-13, 1e-13, 1e-13, 1e-13, 1, "impossible", false},
    {"a price beyond all markets", 1e13, 1e13, 1e13, 1e13, 1, "impossible", false},
    {"a high beyond all markets", 100, 1e13, 99, 101, 5, "impossible", true},
    {"volume below 0", 100, 102, 99, 101, -1, "impossible", true},
};

TEST_CASE("what blocks a cycle is not traded on, and no account has to reckon with it") {
  for (const auto& row : kRows) {
    CAPTURE(row.what);
    const Candle candle{
        kBefore.open_time + std::chrono::hours(1), row.open, row.high, row.low, row.close, row.volume};
    CHECK((market::soundness_of(candle) == Soundness::sound) == (std::string_view(row.verdict).empty()));
    CHECK(blocks_training(candle) == row.verdict);
    CHECK(refused_by_trader(candle) == row.verdict);
    CHECK(refused_by_environment(candle) == !row.account_can_reckon);
    // An environment refuses nothing that training and trading let pass.
    if (refused_by_environment(candle)) CHECK_FALSE(std::string_view(row.verdict).empty());
  }
}

}  // namespace
}  // namespace ctt::trader
