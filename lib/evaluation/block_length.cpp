#include "evaluation/block_length.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "evaluation/moments.h"

namespace ctt::evaluation {

namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

struct Correlogram {
  std::vector<double> covariance;   ///< [lags + 1], 1/n sum
  std::vector<double> correlation;  ///< [lags + 1], absolute
};

Correlogram correlogram(std::span<const double> off, std::size_t lags) {
  Correlogram out;
  const std::size_t n = off.size();
  for (std::size_t lag = 0; lag <= lags; ++lag) {
    const double product = dot(off.subspan(lag), off.first(n - lag));
    // Each end leaves out one value more than the product does, as the published implementations do.
    const auto late = off.subspan(lag + 1);
    const auto early = off.first(n - lag - 1);
    const double scale = std::sqrt(dot(late, late) * dot(early, early));
    out.covariance.push_back(product / static_cast<double>(n));
    out.correlation.push_back(scale > 0 ? std::abs(product) / scale : 0);
  }
  return out;
}

// The first lag from which `run` correlations in a row are insignificant. Lag 0, which is 1, never is.
std::optional<std::size_t> last_significant(const std::vector<double>& correlation, std::size_t run,
                                            double band) {
  std::size_t within = 0;
  for (std::size_t lag = 1; lag + 1 < correlation.size(); ++lag) {
    within = correlation[lag] < band ? within + 1 : 0;
    if (within == run) return lag + 1 - run;
  }
  return {};
}

}  // namespace

std::optional<BlockLength> automatic_block_length(std::span<const double> series) {
  const auto of = sample_moments(series);
  if (!of || series.size() < 3) return {};
  std::vector<double> off(series.begin(), series.end());
  for (double& value : off) value -= of->mean;

  const auto n = static_cast<double>(series.size());
  const auto run = std::max<std::size_t>(5, static_cast<std::size_t>(std::log10(n)));
  const std::size_t lags_max =
      std::min(static_cast<std::size_t>(std::ceil(std::sqrt(n))) + run, series.size() - 2);
  const auto [covariance, correlation] = correlogram(off, lags_max);
  const auto significant = last_significant(correlation, run, 2 * std::sqrt(std::log10(n) / n));
  const std::size_t lags = std::min(significant ? 2 * *significant : lags_max, lags_max);

  double slope = 0;
  double spectrum = covariance[0];
  for (std::size_t lag = 1; lag <= lags; ++lag) {
    const double weight = std::min(1.0, 2 * (1 - static_cast<double>(lag) / static_cast<double>(lags)));
    slope += 2 * weight * static_cast<double>(lag) * covariance[lag];
    spectrum += 2 * weight * covariance[lag];
  }
  const double longest = std::ceil(std::min(3 * std::sqrt(n), n / 3));
  const auto length = [&](double constant) {
    if (slope == 0) return 0.0;
    return std::min(longest, std::cbrt(2 * slope * slope / (constant * spectrum * spectrum) * n));
  };
  return BlockLength{.stationary = length(2), .circular = length(4.0 / 3), .lags = lags};
}

}  // namespace ctt::evaluation
