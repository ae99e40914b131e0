#include "naive.h"

#include <limits>
#include <numeric>

namespace ctt::support {

namespace {

using Column = std::vector<double>;
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// f over the last n values, where there are n numbers.
template <class F>
Column rolling(const Column& x, std::size_t n, F f) {
  Column result(x.size(), kNothing);
  for (std::size_t i = n - 1; i < x.size(); ++i) {
    const Column window(x.begin() + static_cast<std::ptrdiff_t>(i + 1 - n),
                        x.begin() + static_cast<std::ptrdiff_t>(i + 1));
    if (std::ranges::none_of(window, [](double value) { return std::isnan(value); })) result[i] = f(window);
  }
  return result;
}

double mean_of(const Column& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

double std_of(const Column& x) {
  const double mean = mean_of(x);
  double squares = 0;
  for (const double value : x) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(x.size() - 1));
}

double mad_of(const Column& x) {
  const double mean = mean_of(x);
  double total = 0;
  for (const double value : x) total += std::abs(value - mean);
  return total / static_cast<double>(x.size());
}

double min_of(const Column& x) { return *std::ranges::min_element(x); }
double max_of(const Column& x) { return *std::ranges::max_element(x); }

// f(i) for every row.
template <class F>
Column rows(std::size_t n, F f) {
  Column result(n);
  for (std::size_t i = 0; i < n; ++i) result[i] = f(i);
  return result;
}

Column ema(const Column& x, double span) {
  Column result = x;
  const double alpha = 2 / (span + 1);
  for (std::size_t i = 1; i < x.size(); ++i) result[i] = alpha * x[i] + (1 - alpha) * result[i - 1];
  return result;
}

Column returns(const Column& close, std::size_t p) {
  return rows(close.size(), [&](std::size_t i) {
    return i < p ? kNothing : std::tanh(10 * (close[i] / close[i - p] - 1));
  });
}

}  // namespace

std::map<std::string, std::vector<double>> naive_features(std::span<const market::Candle> candles) {
  const auto n = candles.size();
  const auto close = rows(n, [&](std::size_t i) { return candles[i].close; });
  const auto high = rows(n, [&](std::size_t i) { return candles[i].high; });
  const auto low = rows(n, [&](std::size_t i) { return candles[i].low; });
  const auto volume = rows(n, [&](std::size_t i) { return candles[i].volume; });
  const auto change = rows(n, [&](std::size_t i) { return i == 0 ? 0 : close[i] - close[i - 1]; });
  std::map<std::string, Column> all;

  for (const std::size_t p : {1, 4, 12, 24, 48}) all["ret_" + std::to_string(p) + "h"] = returns(close, p);
  all["roc"] = returns(close, 12);

  const auto gain = rolling(rows(n, [&](std::size_t i) { return std::max(change[i], 0.0); }), 14, mean_of);
  const auto loss = rolling(rows(n, [&](std::size_t i) { return std::max(-change[i], 0.0); }), 14, mean_of);
  all["rsi"] = rows(n, [&](std::size_t i) { return (50 - 100 / (1 + gain[i] / (loss[i] + 1e-10))) / 50; });

  const auto fast = rolling(close, 20, mean_of);
  const auto slow = rolling(close, 50, mean_of);
  all["trend_20"] = rows(n, [&](std::size_t i) { return std::tanh(10 * (close[i] - fast[i]) / fast[i]); });
  all["trend_50"] = rows(n, [&](std::size_t i) { return std::tanh(10 * (close[i] - slow[i]) / slow[i]); });
  all["trend_strength"] =
      rows(n, [&](std::size_t i) { return std::tanh(20 * (fast[i] - slow[i]) / slow[i]); });

  const auto deviation = rolling(close, 24, std_of);
  const auto vol = rows(n, [&](std::size_t i) { return deviation[i] / close[i]; });
  const auto vol_mean = rolling(vol, 72, mean_of);
  const auto vol_std = rolling(vol, 72, std_of);
  all["vol"] = vol;
  all["vol_norm"] = rows(n, [&](std::size_t i) { return std::tanh((vol[i] - vol_mean[i]) / vol_std[i]); });

  const auto volume_mean = rolling(volume, 20, mean_of);
  all["vol_ratio"] = rows(n, [&](std::size_t i) { return std::log(1 + volume[i] / volume_mean[i]); });

  const auto band = rolling(close, 20, std_of);
  all["bb_pos"] = rows(n, [&](std::size_t i) {
    return std::clamp((close[i] - (fast[i] - 2 * band[i])) / (4 * band[i]), 0.0, 1.0);
  });

  const auto ema_12 = ema(close, 12);
  const auto ema_26 = ema(close, 26);
  const auto line = rows(n, [&](std::size_t i) { return ema_12[i] - ema_26[i]; });
  const auto signal = ema(line, 9);
  all["macd_line"] = rows(n, [&](std::size_t i) { return std::tanh(100 * line[i] / close[i]); });
  all["macd_signal"] = rows(n, [&](std::size_t i) { return std::tanh(100 * signal[i] / close[i]); });
  all["macd_hist"] =
      rows(n, [&](std::size_t i) { return std::tanh(100 * (line[i] - signal[i]) / close[i]); });

  const auto range = rows(n, [&](std::size_t i) {
    if (i == 0) return high[i] - low[i];
    return std::max({high[i] - low[i], std::abs(high[i] - close[i - 1]), std::abs(low[i] - close[i - 1])});
  });
  const auto atr = rolling(range, 14, mean_of);
  const auto atr_mean = rolling(atr, 72, mean_of);
  const auto atr_std = rolling(atr, 72, std_of);
  all["atr"] =
      rows(n, [&](std::size_t i) { return std::tanh((atr[i] - atr_mean[i]) / (atr_std[i] + 1e-10)); });

  const auto lowest = rolling(low, 14, min_of);
  const auto highest = rolling(high, 14, max_of);
  const auto k =
      rows(n, [&](std::size_t i) { return 100 * (close[i] - lowest[i]) / (highest[i] - lowest[i] + 1e-10); });
  const auto d = rolling(k, 3, mean_of);
  all["stoch_k"] = rows(n, [&](std::size_t i) { return (k[i] - 50) / 50; });
  all["stoch_d"] = rows(n, [&](std::size_t i) { return (d[i] - 50) / 50; });

  Column obv(n, kNothing);
  double total = 0;
  for (std::size_t i = 1; i < n; ++i)
    obv[i] = total += change[i] > 0 ? volume[i] : change[i] < 0 ? -volume[i] : 0;
  const auto obv_mean = rolling(obv, 20, mean_of);
  const auto obv_std = rolling(obv, 20, std_of);
  all["obv"] =
      rows(n, [&](std::size_t i) { return std::tanh((obv[i] - obv_mean[i]) / (obv_std[i] + 1e-10)); });

  const auto typical = rows(n, [&](std::size_t i) { return (high[i] + low[i] + close[i]) / 3; });
  const auto typical_mean = rolling(typical, 20, mean_of);
  const auto typical_mad = rolling(typical, 20, mad_of);
  all["cci"] = rows(n, [&](std::size_t i) {
    return std::tanh((typical[i] - typical_mean[i]) / (0.015 * typical_mad[i] + 1e-10) / 200);
  });
  return all;
}

}  // namespace ctt::support
