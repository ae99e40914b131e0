#include "market/synthetic.h"

#include <array>
#include <numbers>

#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"

namespace ctt::market {

namespace {

using base::Error;
using base::Failure;

// A state of the market: how its volatility and log drift differ from the settings', and how long
// it lasts. Time in the rising and the falling state, by their drifts, cancels out.
struct State {
  double volatility_factor;
  double drift_in_volatilities;
  double mean_days;
};

constexpr std::array<State, 4> kStates{{{0.5, 0, 5},    // calm
                                        {0.8, 3, 4},    // rising
                                        {1.3, -4, 3},   // falling
                                        {2.2, 0, 1}}};  // stormy

constexpr double kSecondsPerYear = 365.25 * 86400;
constexpr double kHourlyTurnover = 1e6;  // of a bar without a special move, in quote currency
constexpr std::uint64_t kBlockBars = 1024;
constexpr std::uint64_t kBarsMax = 100'000'000;  // two centuries of minutes; a range beyond is a mistake

// What one bar draws; each has its own number, so that no draw moves another.
enum Slot : unsigned {
  kMove,
  kMoveAngle,
  kHigh,
  kLow,
  kVolume,
  kVolumeAngle,
  kLeave,
  kNextState,
  kBlockMove,
  kBlockMoveAngle,
  kSlots
};

// Seven significant digits: prices look like prices, and the last bits of a machine's exp and log
// do not reach the candles.
double rounded(double value) {
  if (value <= 0) return 0;
  const double unit = std::pow(10.0, std::floor(std::log10(value)) - 6);
  return unit >= 1 ? std::round(value / unit) * unit
                   : std::round(value * std::round(1 / unit)) / std::round(1 / unit);
}

double years(Timeframe timeframe) {
  return static_cast<double>(timeframe.duration().count()) / kSecondsPerYear;
}

// The busiest hour has 2.3 times the volume of the quietest; bars of a day and more see both.
double time_of_day_factor(base::Seconds open_time, Timeframe timeframe) {
  if (timeframe.duration() >= std::chrono::days(1)) return 1;
  const auto into_day =
      open_time + timeframe.duration() / 2 - std::chrono::floor<std::chrono::days>(open_time);
  const double hour = static_cast<double>(into_day.count()) / 3600;
  return 1 + 0.4 * std::cos((hour - 15) / 24 * 2 * std::numbers::pi);
}

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(Failure::usage, fmt::format("synthetic candles: {}", reason));
}

void check(const SyntheticSettings& settings) {
  if (!settings.timeframe.on_grid(settings.start)) {
    refuse(fmt::format("the start {} opens no bar of {}", base::to_rfc3339(settings.start),
                       settings.timeframe.name()));
  }
  if (!(settings.price >= 1e-6 && settings.price <= 1e9))
    refuse("price must lie between 0.000001 and 1000000000");
  if (!(settings.volatility >= 0 && settings.volatility <= 5)) refuse("volatility must lie between 0 and 5");
  if (!(settings.drift >= -5 && settings.drift <= 5)) refuse("drift must lie between -5 and 5");
}

}  // namespace

Regime parse_regime(std::string_view name) {
  if (name == "gbm") return Regime::gbm;
  if (name == "regimes") return Regime::regimes;
  throw Error(Failure::usage, fmt::format("\"{}\" is not a regime; there are gbm and regimes", name));
}

// The walk of kBlockBars bars: the logarithm of the price before and after each, and the deviation
// each move was drawn with.
struct SyntheticSource::Block {
  std::uint64_t number;
  std::vector<double> log_prices;  // [kBlockBars + 1]
  std::vector<double> deviations;  // [kBlockBars]
};

SyntheticSource::SyntheticSource(const SyntheticSettings& settings)
    : settings_(settings),
      key_(base::split_mix(base::split_mix(settings.seed) + static_cast<std::uint64_t>(settings.regime))) {
  check(settings_);
  const double time = years(settings_.timeframe);
  const double volatility = settings_.volatility;
  const double log_drift = settings_.drift - volatility * volatility / 2;
  if (settings_.regime == Regime::gbm) {
    paces_.push_back({log_drift * time, volatility * std::sqrt(time), 0});
  } else {
    for (const auto& state : kStates) {
      const double days = time * kSecondsPerYear / 86400;
      paces_.push_back({(log_drift + state.drift_in_volatilities * volatility) * time,
                        state.volatility_factor * volatility * std::sqrt(time),
                        1 - std::exp(-days / state.mean_days)});
    }
  }
  landmarks_.push_back({std::log(settings_.price), 0});
}

// Uniform in (0, 1).
double SyntheticSource::unit(std::uint64_t index, unsigned slot) const {
  return (static_cast<double>(base::split_mix(key_ ^ base::split_mix(index * kSlots + slot)) >> 11) + 0.5) *
         0x1.0p-53;
}

// Box and Muller; takes the slot and the one after it.
double SyntheticSource::normal(std::uint64_t index, unsigned slot) const {
  return std::sqrt(-2 * std::log(unit(index, slot))) * std::cos(2 * std::numbers::pi * unit(index, slot + 1));
}

std::size_t SyntheticSource::next_state(std::uint64_t index, std::size_t state) const {
  if (paces_.size() == 1 || unit(index, kLeave) >= paces_[state].leaving) return state;
  const auto others =
      static_cast<std::size_t>(unit(index, kNextState) * static_cast<double>(paces_.size() - 1));
  return (state + 1 + others) % paces_.size();
}

// Given the states of a block, its moves are independent and normal, so their sum is drawn as one.
SyntheticSource::Place SyntheticSource::place_after(std::uint64_t first_bar, const Place& before) const {
  Place after = before;
  double variance = 0;
  for (std::uint64_t bar = first_bar; bar < first_bar + kBlockBars; ++bar) {
    const auto& pace = paces_[after.state];
    after.log_price += pace.log_drift;
    variance += pace.deviation * pace.deviation;
    after.state = next_state(bar, after.state);
  }
  after.log_price += std::sqrt(variance) * normal(first_bar, kBlockMove);
  return after;
}

SyntheticSource::Block SyntheticSource::block(std::uint64_t number) {
  while (landmarks_.size() <= number + 1) {
    landmarks_.push_back(place_after((landmarks_.size() - 1) * kBlockBars, landmarks_.back()));
  }
  Block block{number, {landmarks_[number].log_price}, {}};
  double variance = 0;
  auto state = landmarks_[number].state;
  for (std::uint64_t bar = number * kBlockBars; bar < (number + 1) * kBlockBars; ++bar) {
    const auto& pace = paces_[state];
    block.log_prices.push_back(block.log_prices.back() + pace.log_drift +
                               pace.deviation * normal(bar, kMove));
    block.deviations.push_back(pace.deviation);
    variance += pace.deviation * pace.deviation;
    state = next_state(bar, state);
  }
  // Bend the free walk so that it ends where the block does: each bar bears by its variance.
  const double miss = landmarks_[number + 1].log_price - block.log_prices.back();
  double share = 0;
  for (std::size_t i = 0; i < kBlockBars && variance > 0; ++i) {
    share += block.deviations[i] * block.deviations[i] / variance;
    block.log_prices[i + 1] += miss * share;
  }
  block.log_prices.back() = landmarks_[number + 1].log_price;
  return block;
}

Candle SyntheticSource::candle(std::uint64_t index, const Block& block) const {
  const auto at = static_cast<std::size_t>(index - block.number * kBlockBars);
  const double before = block.log_prices[at];
  const double move = block.log_prices[at + 1] - before;
  const double deviation = block.deviations[at];
  // The extremes of a Brownian bridge from 0 to the bar's move.
  const auto reach = [&](Slot slot) {
    return std::sqrt(move * move - 2 * deviation * deviation * std::log(unit(index, slot)));
  };
  Candle candle;
  candle.open_time = settings_.start + static_cast<std::int64_t>(index) * settings_.timeframe.duration();
  candle.open = rounded(std::exp(before));
  candle.close = rounded(std::exp(block.log_prices[at + 1]));
  candle.high = std::max({candle.open, candle.close, rounded(std::exp(before + (move + reach(kHigh)) / 2))});
  candle.low = std::min({candle.open, candle.close, rounded(std::exp(before + (move - reach(kLow)) / 2))});

  const double usual = settings_.volatility * std::sqrt(years(settings_.timeframe));
  const double size = usual > 0 ? std::abs(move) / usual : 0;
  const double hours = static_cast<double>(settings_.timeframe.duration().count()) / 3600;
  const double turnover = kHourlyTurnover * hours *
                          time_of_day_factor(candle.open_time, settings_.timeframe) * (0.6 + 0.5 * size) *
                          std::exp(0.5 * normal(index, kVolume) - 0.125);
  candle.volume = rounded(turnover / settings_.price);
  return candle;
}

std::vector<Candle> SyntheticSource::closed_candles(const TimeRange& range) {
  const auto width = settings_.timeframe.duration();
  auto first = settings_.start;
  if (range.first > first) first += (range.first - first + width - std::chrono::seconds(1)) / width * width;
  auto last = range.last;
  if (const auto end = available()) last = std::min(last, end->last);
  std::vector<Candle> candles;
  if (last < first) return candles;

  const auto count = static_cast<std::size_t>((last - first) / width) + 1;
  const auto begin = static_cast<std::uint64_t>((first - settings_.start) / width);
  if (begin + count > kBarsMax) {
    refuse(fmt::format("{} is more than {} bars after the start", base::to_rfc3339(last), kBarsMax));
  }
  candles.reserve(count);
  Block walk = block(begin / kBlockBars);
  for (std::uint64_t index = begin; index < begin + count; ++index) {
    if (index / kBlockBars != walk.number) walk = block(index / kBlockBars);
    candles.push_back(candle(index, walk));
  }
  return candles;
}

std::optional<TimeRange> SyntheticSource::available() {
  if (settings_.candles == 0) return std::nullopt;
  const auto steps = static_cast<std::int64_t>(settings_.candles - 1);
  return TimeRange{settings_.start, settings_.start + steps * settings_.timeframe.duration()};
}

}  // namespace ctt::market
