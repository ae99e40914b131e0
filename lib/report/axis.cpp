#include "report/axis.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/number_form.h"

namespace ctt::report {

namespace {

constexpr double kAir = 0.04;  // of the range, at both ends

// The least of 1, 2 and 5 times a power of ten that cuts `range` into at most `parts`.
double round_step(double range, int parts) {
  const double raw = range / parts;
  const double magnitude = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * magnitude >= raw * (1 - 1e-9)) return factor * magnitude;
  }
  return 10 * magnitude;
}

std::string tick_label(double value, double step, const std::string& suffix) {
  const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  if (std::abs(value) < step / 2) value = 0;
  if (decimals == 0) return shown(value, NumberForm::count) + suffix;
  return (value < 0 ? "\u2212" : "") + fmt::format("{:.{}f}", std::abs(value), decimals) + suffix;
}

std::vector<AxisTick> decade_ticks(const AxisScale& scale, const std::string& suffix) {
  std::vector<AxisTick> ticks;
  for (double power = std::floor(std::log10(scale.low)); power <= std::log10(scale.high); ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * std::pow(10, power);
      if (value < scale.low || value > scale.high) continue;
      ticks.push_back({value, tick_label(value, std::pow(10, power), suffix)});
    }
  }
  return ticks;
}

}  // namespace

double AxisScale::place(double value) const {
  if (logarithmic) return std::log(value / low) / std::log(high / low);
  return (value - low) / (high - low);
}

AxisScale equity_scale(double low, double high) {
  if (low > 0 && high > kLogarithmicFrom * low) {
    const double air = std::pow(high / low, kAir);
    return {low / air, high * air, true};
  }
  const double air = std::max((high - low) * kAir, std::max(std::abs(high) * 1e-3, 1e-9));
  return {low - air, high + air, false};
}

AxisScale change_scale(double low, double high) {
  low = std::min(low, 0.0);
  high = std::max(high, 0.0);
  const double air = std::max((high - low) * kAir, 0.05);
  return {low - air, high + air, false};
}

std::vector<AxisTick> round_ticks(const AxisScale& scale, int count, const std::string& suffix) {
  if (scale.logarithmic) {
    auto ticks = decade_ticks(scale, suffix);
    if (ticks.size() >= 3 && static_cast<int>(ticks.size()) <= 2 * count) return ticks;
  }
  std::vector<AxisTick> ticks;
  const double step = round_step(scale.high - scale.low, count);
  for (double i = std::ceil(scale.low / step); i * step <= scale.high; ++i) {
    ticks.push_back({i * step, tick_label(i * step, step, suffix)});
  }
  return ticks;
}

}  // namespace ctt::report
