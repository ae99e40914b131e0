#pragma once

#include <string>
#include <vector>

namespace ctt::report {

/// From values to places: 0 at `low`, 1 at `high`, by their logarithms where `logarithmic` is set.
struct AxisScale {
  double low = 0;
  double high = 1;
  bool logarithmic = false;

  double place(double value) const;
};

/// A scale that takes in [low, high] with some air at both ends; logarithmic when all of it is above 0 and
/// `high` is more than `kLogarithmicFrom` times `low`.
AxisScale equity_scale(double low, double high);
constexpr double kLogarithmicFrom = 3;

/// The same for values that may be negative; 0 is always in it.
AxisScale change_scale(double low, double high);

struct AxisTick {
  double at = 0;
  std::string label;
};

/// At most about `count` values at 1, 2 or 5 times a power of ten inside the scale, labelled with as many
/// decimals as they need. `suffix` follows each label.
std::vector<AxisTick> round_ticks(const AxisScale& scale, int count, const std::string& suffix = "");

}  // namespace ctt::report
