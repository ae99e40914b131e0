#include "features/features.h"
#include "market/csv.h"
#include "naive.h"
#include "support/reference.h"

using namespace ctt;
using features::FeatureSet;
using features::FeatureStream;

namespace {

constexpr auto kEveryType =
    R"([{"type":"returns"},{"type":"rsi"},{"type":"sma_trend"},{"type":"trend_strength"},
  {"type":"volatility"},{"type":"volume_ratio"},{"type":"bollinger_position"},{"type":"macd"},{"type":"atr"},
  {"type":"stochastic"},{"type":"obv"},{"type":"roc"},{"type":"cci"}])";

// The largest difference of a column, infinite where one has a number and the other has none.
double difference(const std::vector<double>& expected, const features::FeatureMatrix& found,
                  std::size_t column) {
  double largest = 0;
  for (std::size_t row = 0; row < found.rows; ++row) {
    const double value = found.at(row, column);
    if (std::isnan(expected[row]) != std::isnan(value)) return INFINITY;
    if (!std::isnan(value)) largest = std::max(largest, std::abs(expected[row] - value));
  }
  return largest;
}

void check_on(const char* file) {
  const auto path = support::reference(file);
  if (!path) return;
  const auto candles = market::read_csv(*path);
  const auto features = FeatureSet::parse(kEveryType);

  const auto found = features::compute(features, candles);
  auto expected = support::naive_features(candles);
  REQUIRE(found.rows == candles.size());
  for (std::size_t column = 0; column < found.columns; ++column) {
    CAPTURE(features.columns()[column]);
    CHECK(difference(expected.at(features.columns()[column]), found, column) < 1e-9);
  }

  FeatureStream stream(features);
  std::size_t others = 0;
  for (std::size_t row = 0; row < candles.size(); ++row) {
    const auto pushed = stream.push(candles[row]);
    for (std::size_t column = 0; column < pushed.size(); ++column) {
      const double value = found.at(row, column);
      others += !(pushed[column] == value || (std::isnan(pushed[column]) && std::isnan(value)));
    }
  }
  CHECK(others == 0);
}

}  // namespace

TEST_CASE("series and bar by bar follow the definitions on a year and a half of hourly candles") {
  check_on("data/btcusd-1h.csv");
}

TEST_CASE("series and bar by bar follow the definitions on five-minute candles of small prices") {
  check_on("data/ltcbtc-5m.csv");
}

TEST_CASE("after the warm-up rows it does not show where a stream began") {
  const auto path = support::reference("data/btcusd-1h.csv");
  if (!path) return;
  const auto candles = market::read_csv(*path);
  const auto features = FeatureSet::parse(kEveryType);
  const auto whole = features::compute(features, candles);

  double largest = 0;
  for (std::size_t start = 100; start + 300 < candles.size(); start += 97) {
    const auto part = features::compute(features, std::span(candles).subspan(start, 300));
    for (std::size_t row = features.warm_up_rows(); row < part.rows; ++row) {
      for (std::size_t column = 0; column < part.columns; ++column) {
        const double apart = std::abs(part.at(row, column) - whole.at(start + row, column));
        REQUIRE(!std::isnan(apart));
        largest = std::max(largest, apart);
      }
    }
  }
  CHECK(largest < 1e-6);
}
