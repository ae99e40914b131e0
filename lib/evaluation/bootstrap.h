#pragma once

#include <cstdint>
#include <span>

namespace ctt::evaluation {

/// What resampling says about the mean of a series.
struct BootstrapReport {
  double mean = 0;  ///< of the series itself
  double low = 0;   ///< 5 % and 95 % quantiles of the resampled means
  double high = 0;
  double share_not_below_0 = 0;  ///< of the resampled means
};

/// The distribution of a series' mean by the stationary bootstrap: `resamples` circular resamples
/// made of blocks of geometric length with mean 2 n^(1/3), so that neighbouring values, which belong to
/// one position held, stay together. The same seed gives the same numbers. An empty series: all 0.
///
/// Source: Politis & Romano 1994, "The Stationary Bootstrap", JASA 89, 1303-1313; the order of the
/// block length: Hall, Horowitz & Jing 1995, Biometrika 82, 561-574.
BootstrapReport bootstrap_mean(std::span<const double> series, std::uint64_t seed,
                               std::size_t resamples = 4000);

}  // namespace ctt::evaluation
