#include "evaluation/moments.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluation/finite.h"

namespace ctt::evaluation {

double mean(std::span<const double> series) {
  if (series.empty()) return 0;
  return std::accumulate(series.begin(), series.end(), 0.0) / static_cast<double>(series.size());
}

std::optional<SampleMoments> sample_moments(std::span<const double> series) {
  require_finite("series", series);
  // Compared with each other, not by their deviation: the mean of equal values is off by a rounding, and
  // a ratio to that rounding would be an enormous number.
  if (series.size() < 2 || std::ranges::equal(series.first(series.size() - 1), series.subspan(1))) return {};
  const auto n = static_cast<double>(series.size());
  const double centre = mean(series);
  double squares = 0;
  for (const double value : series) squares += (value - centre) * (value - centre);
  const double deviation = std::sqrt(squares / n);
  if (deviation == 0) return {};
  double third = 0;
  double fourth = 0;
  for (const double value : series) {
    const double score = (value - centre) / deviation;
    third += score * score * score;
    fourth += score * score * score * score;
  }
  return SampleMoments{.count = series.size(),
                       .mean = centre,
                       .deviation = std::sqrt(squares / (n - 1)),
                       .population_deviation = deviation,
                       .skewness = third / n,
                       .kurtosis = fourth / n};
}

}  // namespace ctt::evaluation
