#include "market/synthetic.h"

#include "base/error.h"
#include "hours.h"
#include "market/csv.h"
#include "market/window.h"

using namespace ctt;
using market::Regime;
using market::SyntheticSettings;
using market::SyntheticSource;

namespace {

SyntheticSettings settings(Regime regime, std::uint64_t seed = 7) {
  SyntheticSettings made;
  made.seed = seed;
  made.regime = regime;
  made.start = support::hour(0);
  return made;
}

// Hours `first` to `last` of a fresh source.
std::vector<market::Candle> hours(const SyntheticSettings& made, int first, int last) {
  return SyntheticSource(made).closed_candles({support::hour(first), support::hour(last)});
}

std::vector<double> log_returns(const std::vector<market::Candle>& candles) {
  std::vector<double> returns;
  for (const auto& candle : candles) returns.push_back(std::log(candle.close / candle.open));
  return returns;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Of magnitudes: calm follows calm and storm follows storm where it is well above 0.
double autocorrelation(std::vector<double> values, std::size_t lag) {
  for (auto& value : values) value = std::abs(value);
  const double middle = mean(values);
  double together = 0, alone = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    alone += (values[i] - middle) * (values[i] - middle);
    if (i >= lag) together += (values[i] - middle) * (values[i - lag] - middle);
  }
  return together / alone;
}

}  // namespace

TEST_CASE("a range is the same whatever was asked before") {
  for (const auto regime : {Regime::gbm, Regime::regimes}) {
    const auto whole = hours(settings(regime), 0, 4999);
    REQUIRE(whole.size() == 5000);
    SyntheticSource source(settings(regime));
    for (const int first : {4000, 1023, 1024, 0, 2500}) {  // blocks are 1024 bars
      const auto part = source.closed_candles({support::hour(first), support::hour(first + 99)});
      CHECK(part == std::vector(whole.begin() + first, whole.begin() + first + 100));
    }
  }
}

TEST_CASE("seeds and regimes give other candles, the same settings the same bytes") {
  const auto first = hours(settings(Regime::gbm), 0, 99);
  CHECK(market::to_csv(hours(settings(Regime::gbm), 0, 99)) == market::to_csv(first));
  CHECK(hours(settings(Regime::gbm, 8), 0, 99) != first);
  CHECK(hours(settings(Regime::regimes), 0, 99) != first);
}

TEST_CASE("candles are sound, on the grid, and open at the close before") {
  for (const auto regime : {Regime::gbm, Regime::regimes}) {
    const auto candles = hours(settings(regime), 0, 9999);
    const market::CandleSeries series{"BTC/USD", market::Timeframe::parse("1h"), candles};
    CHECK(market::count_defects(series).total() == 0);
    std::size_t jumps = 0;
    for (std::size_t i = 1; i < candles.size(); ++i) jumps += candles[i].open != candles[i - 1].close;
    CHECK(jumps == 0);
  }
}

TEST_CASE("returns have the volatility that was asked for") {
  auto made = settings(Regime::gbm);
  made.volatility = 0.8;
  auto returns = log_returns(hours(made, 0, 19999));
  for (auto& value : returns) value *= value;
  const double yearly = std::sqrt(mean(returns) * 8766);
  CHECK(yearly == doctest::Approx(0.8).epsilon(0.02));

  made.regime = Regime::regimes;
  auto switching = log_returns(hours(made, 0, 39999));
  for (auto& value : switching) value *= value;
  CHECK(std::sqrt(mean(switching) * 8766) == doctest::Approx(0.8).epsilon(0.15));
}

TEST_CASE("the price grows by the drift on average") {
  auto made = settings(Regime::gbm);
  made.volatility = 0.01;
  made.drift = 0.5;
  const auto year = hours(made, 0, 8765);
  CHECK(year.back().close / year.front().open == doctest::Approx(std::exp(0.5)).epsilon(0.05));

  made.volatility = 0;
  made.drift = 0;
  for (const auto& candle : hours(made, 0, 9)) CHECK(candle.high == candle.low);
}

TEST_CASE("only a market with regimes has calm and stormy times") {
  CHECK(std::abs(autocorrelation(log_returns(hours(settings(Regime::gbm), 0, 19999)), 5)) < 0.03);
  CHECK(autocorrelation(log_returns(hours(settings(Regime::regimes), 0, 19999)), 5) > 0.1);
}

TEST_CASE("volume rises with large moves and in the afternoon") {
  const auto candles = hours(settings(Regime::gbm), 0, 19999);
  const double usual = 0.6 / std::sqrt(8766);
  std::vector<double> calm, large, at_three, at_night;
  for (const auto& candle : candles) {
    const double move = std::abs(std::log(candle.close / candle.open)) / usual;
    if (move < 0.2) calm.push_back(candle.volume);
    if (move > 2) large.push_back(candle.volume);
    const auto hour = (candle.open_time - support::hour(0)) % std::chrono::days(1) / std::chrono::hours(1);
    if (hour == 15) at_three.push_back(candle.volume);
    if (hour == 3) at_night.push_back(candle.volume);
  }
  CHECK(mean(large) > 2 * mean(calm));
  CHECK(mean(at_three) > 1.8 * mean(at_night));
}

TEST_CASE("a series begins at its start and ends after its candles") {
  auto made = settings(Regime::gbm);
  made.candles = 5;
  SyntheticSource source(made);
  CHECK(source.available()->last == support::hour(4));
  CHECK(source.closed_candles({support::hour(-9), support::hour(1)}).size() == 2);
  CHECK(source.closed_candles({support::hour(3), support::hour(99)}).size() == 2);
  CHECK(source.closed_candles({support::hour(5), support::hour(99)}).empty());
  CHECK(source.closed_candles({support::hour(-9), support::hour(-1)}).empty());
  const auto half = std::chrono::minutes(30);
  CHECK(source.closed_candles({support::hour(1) + half, support::hour(3) + half}).size() == 2);
  SyntheticSource endless(settings(Regime::gbm));
  CHECK_THROWS_AS(endless.closed_candles({support::hour(0), support::hour(2'000'000'000)}), base::Error);
}

TEST_CASE("the default start opens a bar of every timeframe") {
  for (const char* timeframe : {"1m", "5m", "15m", "1h", "4h", "1d", "1w"}) {
    SyntheticSettings made;
    made.timeframe = market::Timeframe::parse(timeframe);
    const auto last = made.timeframe.newest_closed(base::parse_time("2026-11-23T12:00:30Z"));
    CHECK(SyntheticSource(made).closed_candles({last, last}).size() == 1);
  }
}
