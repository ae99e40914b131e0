#include "environment/market_data.h"

#include "base/error.h"
#include "environment/made_market.h"

using namespace ctt::environment;
using ctt::base::Error;
using ctt::base::Failure;
using ctt::features::FeatureSet;

namespace {

const char* const kSpecs = R"([{"type":"sma_trend","fast":2,"slow":3},{"type":"volume_ratio","period":2}])";

std::string refusal(const auto& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.failure() == Failure::data_blocked ? error.what() : "another failure";
  }
  return "accepted";
}

}  // namespace

TEST_CASE("market data holds the features of every row as float32, finite after the warm-up") {
  const auto features = FeatureSet::parse(kSpecs);
  const auto candles = walk(20, 4);
  const auto data = MarketData::make(features, candles, features.warm_up_rows(), 5);
  const auto matrix = ctt::features::compute(features, candles);
  CHECK(data->rows() == 20);
  CHECK(data->columns == features.columns().size());
  CHECK(data->first_row == features.warm_up_rows());
  CHECK(data->first_full_row(5) == features.warm_up_rows() + 4);
  for (std::size_t column = 0; column < data->columns; ++column) {
    CHECK(data->window(19, 1)[column] == static_cast<float>(matrix.at(19, column)));
  }
}

TEST_CASE("candles that leave no window and a step after the warm-up are refused with the count needed") {
  const auto features = FeatureSet::parse(kSpecs);
  CHECK(refusal([&] { MarketData::make(features, walk(12, 1), 5, 5); }) == "accepted");
  CHECK(refusal([&] { MarketData::make(features, walk(11, 1), 5, 5); }).ends_with("fetch at least 12"));
}

TEST_CASE("a feature that still warms up after the warm-up is refused by name") {
  const auto features = FeatureSet::parse(kSpecs);
  const auto sentence = refusal([&] { MarketData::make(features, walk(20, 1), 0, 5); });
  CHECK(sentence.starts_with("feature " + features.columns()[0] +
                             " is not finite at 1970-01-01T00:00:00Z (row 0"));
}

TEST_CASE("a price that is not a number, not positive or beyond all markets is refused by its bar") {
  for (const double price : {std::nan(""), 0.0, -1.0, 1e13, 1e-13, std::numeric_limits<double>::infinity()}) {
    CAPTURE(price);
    auto candles = walk(5, 1);
    candles[3].close = price;
    CHECK(refusal([&] {
            MarketData::prices_only(candles);
          }).starts_with("the candle of 1970-01-01T03:00:00Z (row 3) has the price"));
  }
  CHECK(refusal([] { MarketData::prices_only(walk(2, 1)); }) == "accepted");
  CHECK(refusal([] { MarketData::prices_only(candles_of({1})); }).starts_with("1 candles are too few"));
}
