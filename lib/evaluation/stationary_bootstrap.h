#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"

namespace ctt::evaluation {

struct BootstrapSettings {
  double block_mean = 1;         ///< mean block length in values, finite; 1 or less resamples single ones
  std::size_t resamples = 4000;  ///< at least 1
  std::uint64_t seed = 0;        ///< the same seed gives the same numbers on every machine
};

/// Draws the blocks that a stationary bootstrap makes a resample of n values of: each starts anywhere, is
/// of geometric length, and goes on at the series' start where it runs over its end.
class BlockSampler {
 public:
  struct Block {
    std::size_t first = 0;   ///< 0 .. n - 1
    std::size_t length = 0;  ///< 1 .. n
  };

  /// Throws std::invalid_argument when n is 0 or the mean is not finite.
  BlockSampler(std::size_t n, double block_mean);

  /// The blocks of one resample; their lengths add up to n. Valid until the next call.
  std::span<const Block> draw(base::Random& random);

 private:
  std::size_t length(std::uint64_t chance) const;

  std::size_t n_;
  double log_continue_;                  ///< log(1 - 1 / mean); 0 where every block is one value
  std::vector<std::uint64_t> survival_;  ///< [k]: the probability of more than k + 1 values, times 2^64
  std::vector<Block> blocks_;
};

/// Means of `settings.resamples` resamples of a series of n >= 1 values, in the order drawn.
///
/// Takes O(n + resamples * n / block_mean) steps. Throws std::invalid_argument when the series is empty
/// or a value is not finite.
///
/// Source: Politis & Romano 1994, "The Stationary Bootstrap", JASA 89, 1303-1313.
std::vector<double> resampled_means(std::span<const double> series, const BootstrapSettings& settings);

/// The same for the mean over several series of the same bars, one a seed: every resample draws its
/// blocks once for all of them, since they share one market, and draws the series anew with
/// replacement. So its spread holds what the market and what the seeds leave to chance.
///
/// - `series` [seeds][bars], all of one length. Throws std::invalid_argument when they are not.
std::vector<double> pooled_resampled_means(std::span<const std::vector<double>> series,
                                           const BootstrapSettings& settings);

/// What resampling says about a mean.
struct ResampledMean {
  double mean = 0;       ///< of the series itself
  double deviation = 0;  ///< of the resampled means: the mean's standard error
  double low = 0;        ///< the two quantiles that enclose `coverage` of the resampled means
  double high = 0;
  double share_not_below_0 = 0;  ///< of the resampled means, up to rounding
};

/// Describes what `resampled_means` or `pooled_resampled_means` returned for a series with this mean.
/// `coverage` 0.9 gives the 5 and 95 % quantiles (the order statistics of rank floor(q (B - 1)), from 0).
/// Throws std::invalid_argument when there are no means or the coverage is not between 0 and 1.
ResampledMean describe(double mean, std::vector<double> means, double coverage = 0.9);

/// `resampled_means`, described.
ResampledMean stationary_bootstrap(std::span<const double> series, const BootstrapSettings& settings,
                                   double coverage = 0.9);

/// The variance that resampled means have, which needs no resampling: with p = 1 / block_mean,
/// C_i = 1/n sum_(t=1)^(n-i) (x_t - m)(x_(t+i) - m),
///
///     1/n [C_0 + 2 sum_(i=1)^(n-1) ((1 - i/n)(1 - p)^i + (i/n)(1 - p)^(n-i)) C_i].
///
/// In the square of the series' unit; O(n) steps. Throws as `resampled_means` does.
/// Source: Politis & Romano 1994, Lemma 1.
double resampled_mean_variance(std::span<const double> series, double block_mean);

}  // namespace ctt::evaluation
