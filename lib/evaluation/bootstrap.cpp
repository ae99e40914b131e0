#include "evaluation/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace ctt::evaluation {

namespace {

// Sums over the series laid out twice, so that a block that runs over the end begins anew:
// sums[i] is the sum of the first i values.
std::vector<double> circular_sums(std::span<const double> series) {
  std::vector<double> sums(2 * series.size() + 1);
  for (std::size_t i = 0; i + 1 < sums.size(); ++i) sums[i + 1] = sums[i] + series[i % series.size()];
  return sums;
}

// 1, 2, ... with this mean: the trials until one succeeds with probability 1/mean.
std::size_t geometric(base::Random& random, double mean) {
  if (mean <= 1) return 1;
  const double trials = std::log1p(-random.uniform()) / std::log1p(-1 / mean);
  return 1 + static_cast<std::size_t>(trials);
}

double resampled_mean(std::span<const double> sums, std::size_t n, double block_mean, base::Random& random) {
  double sum = 0;
  for (std::size_t left = n; left > 0;) {
    const std::size_t length = std::min({left, n, geometric(random, block_mean)});
    const std::size_t first = random.below(n);
    sum += sums[first + length] - sums[first];
    left -= length;
  }
  return sum / static_cast<double>(n);
}

}  // namespace

BootstrapReport bootstrap_mean(std::span<const double> series, std::uint64_t seed, std::size_t resamples) {
  if (series.empty() || resamples == 0) return {};
  const std::size_t n = series.size();
  const auto sums = circular_sums(series);
  const double block_mean = 2 * std::cbrt(static_cast<double>(n));
  base::Random random(seed);
  std::vector<double> means(resamples);
  for (double& mean : means) mean = resampled_mean(sums, n, block_mean, random);
  std::ranges::sort(means);
  // Sums of one series in another order differ in their last digits: that is no loss.
  const auto at_least_0 = means.end() - std::ranges::lower_bound(means, -1e-15);
  const auto quantile = [&](double share) {
    return means[static_cast<std::size_t>(share * static_cast<double>(resamples - 1))];
  };
  return {.mean = sums[n] / static_cast<double>(n),
          .low = quantile(0.05),
          .high = quantile(0.95),
          .share_not_below_0 = static_cast<double>(at_least_0) / static_cast<double>(resamples)};
}

}  // namespace ctt::evaluation
