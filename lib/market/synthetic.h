#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "market/source.h"

namespace ctt::market {

/// How synthetic prices move: geometric Brownian motion, or the same with drift and volatility
/// that switch between a calm, a rising, a falling and a stormy market (a Markov chain).
enum class Regime { gbm, regimes };

Regime parse_regime(std::string_view name);  ///< `gbm`, `regimes`. Throws Error(usage).

/// What a synthetic series is made of; the same settings give the same candles for ever.
struct SyntheticSettings {
  std::uint64_t seed = 0;
  Regime regime = Regime::gbm;
  Timeframe timeframe;
  /// The first bar's opening, on the grid. The default, a Monday midnight, is on every grid.
  base::Seconds start{std::chrono::sys_days{std::chrono::year{2018} / 1 / 1}};
  std::size_t candles = 0;  ///< bars there are; 0: endless
  double price = 10000;     ///< opening price of the first bar
  double volatility = 0.6;  ///< standard deviation of log returns over a year, a fraction
  double drift = 0.2;       ///< expected growth of the price in a year, a fraction
};

/// Made-up candles for demos, tests and replays without a network.
///
/// Bar i is a function of the settings and i alone: a range is the same whatever was asked before.
/// The walk is drawn block by block, first where a block ends, then the way there (a Brownian
/// bridge), so that a range years after the start costs milliseconds too.
/// Each bar opens at the close before it; high and low have the distribution of the extremes of a
/// Brownian path between open and close. Volume is log-normal, larger with the size of the
/// move, and within a day it follows a wave that is highest at 15:00 UTC.
/// Every grid time has its bar, future ones included: what has closed is for the range to say.
/// One thread at a time.
class SyntheticSource : public CandleSource {
 public:
  /// Throws Error(usage) for a start off the grid and for numbers that make no prices.
  explicit SyntheticSource(const SyntheticSettings& settings);

  /// Throws Error(usage) for a range that reaches centuries past the start.
  std::vector<Candle> closed_candles(const TimeRange& range) override;
  std::optional<TimeRange> available() override;  ///< nothing when the series is endless

 private:
  // How prices move in one state of the market, per bar.
  struct Pace {
    double log_drift;
    double deviation;
    double leaving;  // probability of another state at the next bar
  };
  // Where the walk stands before a block of bars.
  struct Place {
    double log_price;
    std::size_t state;
  };
  struct Block;

  double unit(std::uint64_t index, unsigned slot) const;
  double normal(std::uint64_t index, unsigned slot) const;
  std::size_t next_state(std::uint64_t index, std::size_t state) const;
  Place place_after(std::uint64_t first_bar, const Place& before) const;
  Block block(std::uint64_t number);
  Candle candle(std::uint64_t index, const Block& block) const;

  SyntheticSettings settings_;
  std::uint64_t key_ = 0;
  std::vector<Pace> paces_;       // by state
  std::vector<Place> landmarks_;  // the place before each block, as far as we came
};

}  // namespace ctt::market
