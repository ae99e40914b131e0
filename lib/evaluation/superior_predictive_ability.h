#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "evaluation/stationary_bootstrap.h"

namespace ctt::evaluation {

/// Whether the best of many strategies beats a benchmark, given that it is the best of many.
struct PredictiveAbility {
  double statistic = 0;             ///< T: the highest studentised mean difference, 0 when none is above 0
  std::optional<std::size_t> best;  ///< which strategy has it; empty when no strategy varies
  /// p-values of "no strategy is better than the benchmark". `consistent` is the one to report; the two
  /// others bound it: `lower` takes strategies worse than the benchmark out of the comparison, `upper`
  /// (White's reality check, studentised) counts them as if they were as good.
  double lower = 1, consistent = 1, upper = 1;
};

/// Hansen's test for superior predictive ability.
///
/// - `differences` [strategies][bars]: return of the strategy less that of the benchmark, in the same bars.
///   Bars must be 3 or more. A strategy whose differences are all equal has no error to hold its mean
///   against and is left out.
///
/// With d_k the mean of strategy k and w_k^2 = n times `resampled_mean_variance`:
///
///     T = max(0, max_k sqrt(n) d_k / w_k),    T* = max(0, max_k sqrt(n) (d*_k - g_k) / w_k),
///
/// the p-value is the share of resamples with T* >= T; all strategies share the blocks of a resample. g_k
/// is max(0, d_k) for `lower`, d_k for `upper`, and for `consistent` d_k unless it lies more than
/// w_k sqrt(2 log log n / n) below 0, then 0. Shares are multiples of 1 / resamples.
///
/// Throws std::invalid_argument when there are no strategies, their lengths differ or are below 3, or a
/// value is not finite. Source: Hansen 2005, "A Test for Superior Predictive Ability", J. Business &
/// Economic Statistics 23(4), 365-380.
PredictiveAbility superior_predictive_ability(std::span<const std::vector<double>> differences,
                                              const BootstrapSettings& settings);

}  // namespace ctt::evaluation
