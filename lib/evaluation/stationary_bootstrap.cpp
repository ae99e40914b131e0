#include "evaluation/stationary_bootstrap.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "evaluation/finite.h"
#include "evaluation/moments.h"

namespace ctt::evaluation {

namespace {

__extension__ using Wide = unsigned __int128;
constexpr std::size_t kTabled = 16;

// Sums over the series laid out twice, so that a block that runs over the end begins anew:
// sums[i] is the sum of the first i values.
std::vector<double> circular_sums(std::span<const double> series) {
  std::vector<double> sums(2 * series.size() + 1);
  for (std::size_t i = 0; i + 1 < sums.size(); ++i) sums[i + 1] = sums[i] + series[i % series.size()];
  return sums;
}

double sum_of(std::span<const BlockSampler::Block> blocks, std::span<const double> sums) {
  double sum = 0;
  for (const auto& [first, length] : blocks) sum += sums[first + length] - sums[first];
  return sum;
}

void require_series(std::span<const double> series) {
  if (series.empty()) throw std::invalid_argument("series is empty; resampling needs at least one value");
  require_finite("series", series);
}

void require_resamples(const BootstrapSettings& settings) {
  if (settings.resamples == 0) throw std::invalid_argument("resamples is 0; draw at least one");
}

double continue_probability(double block_mean) {
  if (std::isnan(block_mean) || std::isinf(block_mean)) {
    throw std::invalid_argument(
        fmt::format("block_mean is {}; give the mean number of values in a block", block_mean));
  }
  return block_mean <= 1 ? 0 : 1 - 1 / block_mean;
}

}  // namespace

BlockSampler::BlockSampler(std::size_t n, double block_mean)
    : n_(n), log_continue_(continue_probability(block_mean) > 0 ? std::log1p(-1 / block_mean) : 0) {
  if (n == 0) throw std::invalid_argument("series is empty; resampling needs at least one value");
  if (log_continue_ == 0) return;
  constexpr double kLargest = 0x1.fffffffffffffp63;
  for (std::size_t k = 1; k <= kTabled; ++k) {
    const double survival = std::exp(static_cast<double>(k) * log_continue_) * 0x1p64;
    survival_.push_back(static_cast<std::uint64_t>(std::min(survival, kLargest)));
  }
}

// Values until one ends the block, which each does with probability 1 / mean, of a chance in steps of 2^-64.
// Most blocks are short: looking their length up takes a tenth of working it out by a logarithm.
std::size_t BlockSampler::length(std::uint64_t chance) const {
  std::size_t length = 1;
  for (const auto survival : survival_) {
    if (chance >= survival) return length;
    ++length;
  }
  if (survival_.empty()) return length;
  const double further = std::log(static_cast<double>(chance | 1) * 0x1p-64) / log_continue_;
  return 1 + static_cast<std::size_t>(std::min(further, 0x1p62));
}

std::span<const BlockSampler::Block> BlockSampler::draw(base::Random& random) {
  blocks_.clear();
  for (std::size_t left = n_; left > 0; left -= blocks_.back().length) {
    // n times a number below 1 is where the block starts and, behind the point, as good a number again.
    const auto drawn = static_cast<Wide>(random.bits()) * n_;
    blocks_.push_back({.first = static_cast<std::size_t>(drawn >> 64),
                       .length = std::min(left, length(static_cast<std::uint64_t>(drawn)))});
  }
  return blocks_;
}

std::vector<double> resampled_means(std::span<const double> series, const BootstrapSettings& settings) {
  require_series(series);
  require_resamples(settings);
  const auto sums = circular_sums(series);
  BlockSampler sampler(series.size(), settings.block_mean);
  base::Random random(settings.seed);
  std::vector<double> means(settings.resamples);
  for (double& mean : means) mean = sum_of(sampler.draw(random), sums) / static_cast<double>(series.size());
  return means;
}

std::vector<double> pooled_resampled_means(std::span<const std::vector<double>> series,
                                           const BootstrapSettings& settings) {
  if (series.empty()) throw std::invalid_argument("there is no series; pooling needs at least one");
  require_resamples(settings);
  const std::size_t n = series.front().size();
  std::vector<std::vector<double>> sums;
  for (std::size_t i = 0; i < series.size(); ++i) {
    require_series(series[i]);
    if (series[i].size() != n) {
      throw std::invalid_argument(
          fmt::format("series {} has {} values and series 0 has {}; give all of them the same bars", i,
                      series[i].size(), n));
    }
    sums.push_back(circular_sums(series[i]));
  }
  BlockSampler sampler(n, settings.block_mean);
  base::Random random(settings.seed);
  std::vector<double> means(settings.resamples);
  for (double& mean : means) {
    const auto blocks = sampler.draw(random);
    double sum = 0;
    for (std::size_t drawn = 0; drawn < sums.size(); ++drawn)
      sum += sum_of(blocks, sums[random.below(sums.size())]);
    mean = sum / static_cast<double>(n * sums.size());
  }
  return means;
}

ResampledMean describe(double mean, std::vector<double> means, double coverage) {
  if (means.empty()) throw std::invalid_argument("there are no resampled means; draw at least one resample");
  if (!(coverage > 0 && coverage < 1)) {
    throw std::invalid_argument(fmt::format("coverage is {}; give a share between 0 and 1", coverage));
  }
  std::ranges::sort(means);
  const auto count = static_cast<double>(means.size());
  // (1 - 0.9) / 2 is a little below 0.05: a rank that is a whole number must not become the one before.
  const auto quantile = [&](double share) {
    return means[static_cast<std::size_t>(share * (count - 1) + 1e-9)];
  };
  // Sums of one series in another order differ in their last digits: that is no loss.
  const double rounding = 1e-11 * std::max(std::abs(means.front()), std::abs(means.back()));
  const auto not_below = means.end() - std::ranges::lower_bound(means, -rounding);
  const auto of = sample_moments(means);
  return {.mean = mean,
          .deviation = of ? of->population_deviation : 0,
          .low = quantile((1 - coverage) / 2),
          .high = quantile((1 + coverage) / 2),
          .share_not_below_0 = static_cast<double>(not_below) / count};
}

ResampledMean stationary_bootstrap(std::span<const double> series, const BootstrapSettings& settings,
                                   double coverage) {
  return describe(mean(series), resampled_means(series, settings), coverage);
}

// Around the circle the two halves of Lemma 1 are one: with R_j = C_j + C_(n-j) the sum is
// R_0 + 2 sum_j (1 - j/n) q^j R_j, and sum_t x_t x_(t-j) = n R_j. Both filters below go once round it.
double resampled_mean_variance(std::span<const double> series, double block_mean) {
  require_series(series);
  const double q = continue_probability(block_mean);
  const std::size_t size = series.size();
  const auto n = static_cast<double>(size);
  const double centre = mean(series);
  const auto off = [&](std::size_t i) { return series[i] - centre; };

  double plain = 0;   // sum_(j=0)^(n-1) q^j x_(t-j), here of t = -1
  double linear = 0;  // sum_(j=0)^(n-1) j q^j x_(t-j)
  double power = 1;
  for (std::size_t j = 0; j < size && power > 0; ++j, power *= q) {
    plain += power * off(size - 1 - j);
    linear += power * static_cast<double>(j) * off(size - 1 - j);
  }
  const double once_round = std::pow(q, n);
  double sum = 0;
  for (std::size_t t = 0; t < size; ++t) {
    const double x = off(t);
    linear = q * (linear + plain) - n * once_round * x;
    plain = q * plain + (1 - once_round) * x;
    sum += x * (2 * plain - 2 / n * linear - x);
  }
  return std::max(0.0, sum) / (n * n);
}

}  // namespace ctt::evaluation
