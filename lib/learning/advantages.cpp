#include "learning/advantages.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ctt::learning {

std::vector<float> advantages(std::span<const float> rewards, std::span<const float> values,
                              std::span<const float> next_values, std::span<const std::uint8_t> ended,
                              Discount discount) {
  const std::size_t steps = rewards.size();
  if (values.size() != steps || next_values.size() != steps || ended.size() != steps) {
    throw std::invalid_argument("rewards, values, next values and ends must be as many");
  }
  std::vector<float> result(steps);
  double later = 0;
  for (std::size_t t = steps; t-- > 0;) {
    const double surprise = rewards[t] + discount.gamma * next_values[t] - values[t];
    later = surprise + (ended[t] != 0 ? 0.0 : discount.gamma * discount.lambda * later);
    result[t] = static_cast<float>(later);
  }
  return result;
}

void standardise(std::span<float> values) {
  if (values.empty()) return;
  const auto count = static_cast<double>(values.size());
  double sum = 0;
  for (const float value : values) sum += value;
  const double mean = sum / count;
  double squares = 0;
  for (const float value : values) squares += (value - mean) * (value - mean);
  const double scale = std::max(1e-4, std::sqrt(squares / count));
  for (float& value : values) value = static_cast<float>((value - mean) / scale);
}

}  // namespace ctt::learning
