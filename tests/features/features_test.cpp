#include "features/features.h"

#include <limits>

using namespace ctt;
using doctest::Approx;
using features::FeatureSet;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Candles that open, and do not leave, their close.
std::vector<market::Candle> closes(std::initializer_list<double> prices) {
  std::vector<market::Candle> candles;
  for (const double price : prices) {
    candles.push_back({base::Seconds(std::chrono::hours(candles.size())), price, price, price, price, 1});
  }
  return candles;
}

std::vector<double> column(std::string_view spec, std::span<const market::Candle> candles,
                           std::size_t which = 0) {
  const auto matrix = features::compute(FeatureSet::parse(spec), candles);
  std::vector<double> values;
  for (std::size_t row = 0; row < matrix.rows; ++row) values.push_back(matrix.at(row, which));
  return values;
}

}  // namespace

TEST_CASE("a return compares the close with the one some bars before") {
  const auto found =
      column(R"([{"type":"returns","periods":[2],"normalize":"none"}])", closes({100, 50, 110, 75}));
  CHECK(std::isnan(found[0]));
  CHECK(std::isnan(found[1]));
  CHECK(found[2] == Approx(0.1));
  CHECK(found[3] == Approx(0.5));
  CHECK(column(R"([{"type":"roc","period":2}])", closes({100, 50, 110}))[2] == Approx(std::tanh(1.0)));
}

// Gains 0 + 3 and losses 0 + 0 in the first window, then 3 + 0 and 0 + 1.
TEST_CASE("the strength index counts the missing first change as none") {
  const auto found = column(R"([{"type":"rsi","period":2,"normalize":false}])", closes({10, 13, 12}));
  CHECK(std::isnan(found[0]));
  CHECK(found[1] == Approx(100));
  CHECK(found[2] == Approx(75));
}

// alpha is 1/2 for fast and 1/3 for slow: 10 and 10, then 15 and 13 1/3.
TEST_CASE("exponential means start at the first close") {
  const auto found = column(R"([{"type":"macd","fast":3,"slow":5,"signal":1}])", closes({10, 20}));
  CHECK(found[0] == 0);
  CHECK(found[1] == Approx(std::tanh(100 * (5 / 3.0) / 20)));
}

// The true range of the second bar reaches down from the close before it: 20 - 11.
TEST_CASE("a true range takes the close before it into account") {
  auto candles = closes({20, 12});
  candles[1].high = 13;
  candles[1].low = 11;
  CHECK(column(R"([{"type":"atr","period":1,"rolling_norm_period":0}])", candles)[1] == Approx(9.0 / 12));
}

TEST_CASE("on-balance volume looks at its course over the window alone") {
  auto candles = closes({5, 6, 7, 6, 8});
  const auto whole = column(R"([{"type":"obv","rolling_norm_period":3}])", candles);
  candles[1].volume = 1e12;  // a spike that has left the window
  const auto spiked = column(R"([{"type":"obv","rolling_norm_period":3}])", candles);
  CHECK(std::isnan(whole[2]));
  CHECK(whole[4] == Approx(std::tanh((2 - 5 / 3.0) / std::sqrt(1 / 3.0))));  // the last sums are 2, 1, 2
  CHECK(spiked[4] == whole[4]);
}

TEST_CASE("a market that stands still has a number in every column") {
  std::vector<market::Candle> still(400, {{}, 0.1, 0.1, 0.1, 0.1, 0});
  const auto features = FeatureSet::parse(
      R"([{"type":"returns"},{"type":"rsi"},{"type":"sma_trend"},{"type":"trend_strength"},{"type":"volatility"},
          {"type":"volume_ratio"},{"type":"bollinger_position"},{"type":"macd"},{"type":"atr"},{"type":"stochastic"},
          {"type":"obv"},{"type":"roc"},{"type":"cci"}])");
  const auto matrix = features::compute(features, still);
  const auto last = matrix.row(still.size() - 1);
  for (std::size_t i = 0; i < last.size(); ++i) {
    CAPTURE(features.columns()[i]);
    const bool at_its_end = features.columns()[i] == "rsi" || features.columns()[i].starts_with("stoch");
    const double neutral = features.columns()[i] == "bb_pos" ? 0.5 : at_its_end ? -1 : 0;
    CHECK(last[i] == Approx(neutral));
  }
}

TEST_CASE("a price that is no number leaves no mark once it has left the look-back") {
  std::vector<market::Candle> candles;
  for (int i = 0; i < 700; ++i) {
    const double price = 100 + 10 * std::sin(i * 0.7) + i % 7;
    candles.push_back({{}, price, price + 1, price - 1, price, 5.0 + i % 3});
  }
  auto spoiled = candles;
  spoiled[100] = {{}, kNaN, kNaN, kNaN, kNaN, kNaN};
  const auto features = FeatureSet::parse(
      R"([{"type":"returns"},{"type":"rsi"},{"type":"volatility"},{"type":"volume_ratio"},{"type":"macd"},
          {"type":"atr"},{"type":"stochastic"},{"type":"obv"},{"type":"cci"}])");

  const auto expected = features::compute(features, candles);
  const auto found = features::compute(features, spoiled);
  for (std::size_t column = 0; column < found.columns; ++column) {
    CAPTURE(features.columns()[column]);
    CHECK(std::isnan(found.at(100, column)));
    CHECK(found.at(600, column) == Approx(expected.at(600, column)).epsilon(1e-6));
  }
}

TEST_CASE("a price of nothing gives no number rather than an infinite one") {
  const auto found = column(R"([{"type":"roc","period":1,"normalize":"none"}])", closes({0, 5, 10}));
  CHECK(std::isnan(found[1]));
  CHECK(found[2] == Approx(1));
}

TEST_CASE("a stream that was moved goes on where it was") {
  const auto features = FeatureSet::parse(R"([{"type":"returns","periods":[1],"normalize":"none"}])");
  const auto candles = closes({100, 125});
  features::FeatureStream first(features);
  first.push(candles[0]);
  auto second = std::move(first);
  CHECK(second.push(candles[1])[0] == Approx(0.25));
}
