#include "cmd/experiments/sparkline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace ctt::cmd {

namespace {

// The mean of those that are numbers.
double mean(std::span<const double> values) {
  double sum = 0;
  std::size_t count = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    sum += value;
    ++count;
  }
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
}

}  // namespace

std::string sparkline(std::span<const double> values, std::size_t width) {
  constexpr std::array<const char*, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const auto columns = std::min(values.size(), width);
  std::vector<double> heights;
  for (std::size_t i = 0; i < columns; ++i) {
    const auto begin = i * values.size() / columns;
    heights.push_back(mean(values.subspan(begin, (i + 1) * values.size() / columns - begin)));
  }
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double height : heights) {
    if (!std::isfinite(height)) continue;
    low = std::min(low, height);
    high = std::max(high, height);
  }
  std::string line;
  for (const double height : heights) {
    const double share = high > low ? (height - low) / (high - low) : 0.5;
    line += std::isfinite(height) ? kBlocks[static_cast<std::size_t>(std::lround(share * 7))] : " ";
  }
  return line;
}

}  // namespace ctt::cmd
