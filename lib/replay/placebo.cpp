#include "replay/placebo.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/random.h"

namespace ctt::replay {

namespace {

using market::Candle;

// The rows 1 .. n - 1 in blocks that were put in random order.
std::vector<std::size_t> block_order(std::size_t rows, std::size_t block, base::Random& random) {
  std::vector<std::size_t> starts;
  for (std::size_t start = 1; start < rows; start += block) starts.push_back(start);
  for (std::size_t i = starts.size(); i > 1; --i) std::swap(starts[i - 1], starts[random.below(i)]);
  std::vector<std::size_t> order;
  for (const auto start : starts) {
    for (std::size_t row = start; row < std::min(start + block, rows); ++row) order.push_back(row);
  }
  return order;
}

Candle scaled(const Candle& candle, double factor) {
  return {candle.open_time,    candle.open * factor,  candle.high * factor,
          candle.low * factor, candle.close * factor, candle.volume};
}

}  // namespace

market::Window permuted(const market::Window& window, std::size_t held_back, std::uint64_t seed) {
  auto result = window;
  const auto& real = window.series.candles;
  auto& made = result.series.candles;
  const auto day = std::chrono::seconds(std::chrono::days(1)) / window.series.timeframe.duration();
  const auto rows = real.size() - std::min(real.size(), held_back);
  base::Random random(seed);
  const auto order = block_order(rows, static_cast<std::size_t>(std::max<long>(1, day)), random);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto from = order[i];
    const auto time = made[i + 1].open_time;
    made[i + 1] = scaled(real[from], made[i].close / real[from - 1].close);
    made[i + 1].open_time = time;
  }
  return result;
}

}  // namespace ctt::replay
