#include "serve/series.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace ctt::serve {

namespace {

constexpr std::size_t kOfStretch = 4;

// `take(first, count)` for each of `parts` stretches of about the same length.
template <class Take>
void each_stretch(std::size_t count, std::size_t parts, Take take) {
  for (std::size_t part = 0; part < parts; ++part) {
    const auto first = count * part / parts;
    take(first, count * (part + 1) / parts - first);
  }
}

}  // namespace

std::vector<store::EquityPoint> sampled(std::span<const store::EquityPoint> points, std::size_t most) {
  if (points.size() <= most) return {points.begin(), points.end()};
  std::vector<store::EquityPoint> kept;
  each_stretch(
      points.size(), std::max<std::size_t>(1, most / kOfStretch), [&](std::size_t first, std::size_t count) {
        const auto stretch = points.subspan(first, count);
        const auto [low, high] = std::ranges::minmax_element(stretch, {}, &store::EquityPoint::equity);
        const std::set<std::ptrdiff_t> indices{0, low - stretch.begin(), high - stretch.begin(),
                                               std::ssize(stretch) - 1};
        for (const auto index : indices) kept.push_back(stretch[static_cast<std::size_t>(index)]);
      });
  return kept;
}

std::vector<market::Candle> sampled(std::span<const market::Candle> bars, std::size_t most) {
  if (bars.size() <= most) return {bars.begin(), bars.end()};
  std::vector<market::Candle> kept;
  each_stretch(bars.size(), most, [&](std::size_t first, std::size_t count) {
    auto wide = bars[first];
    for (const auto& bar : bars.subspan(first + 1, count - 1)) {
      wide.high = std::max(wide.high, bar.high);
      wide.low = std::min(wide.low, bar.low);
      wide.close = bar.close;
      wide.volume += bar.volume;
    }
    kept.push_back(wide);
  });
  return kept;
}

}  // namespace ctt::serve
