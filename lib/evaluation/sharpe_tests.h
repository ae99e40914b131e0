#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "evaluation/moments.h"

namespace ctt::evaluation {

// Sharpe ratios in this header are of one bar, not annualised: mean / deviation of its return. A ratio a
// year divided by sqrt(bars_a_year) is one. An empty optional means that there is no answer. Values that
// are not finite, and shares outside their range, throw std::invalid_argument.

/// Phi(z), the standard normal distribution.
double normal_cdf(double z);
/// z with Phi(z) = p, to the last few digits of a double. `p` is inside (0, 1).
double normal_quantile(double p);

/// An estimated Sharpe ratio and what its error depends on.
struct SharpeEstimate {
  double sharpe = 0;
  double observations = 0;  ///< n, the number of returns
  double skewness = 0;      ///< g3 of the returns
  double kurtosis = 3;      ///< g4 of the returns: 3 where they are normal
};

/// Of the sample's moments: deviation with n - 1.
SharpeEstimate sharpe_estimate(const SampleMoments& moments);

/// Probabilistic Sharpe ratio: the confidence that the true ratio exceeds `benchmark`,
///
///     PSR = Phi((SR - SR*) sqrt(n - 1) / sqrt(1 - g3 SR + (g4 - 1)/4 SR^2)).
///
/// Nothing for fewer than two returns or where the radicand is not above 0. The returns must not depend
/// on each other. Source: Bailey & Lopez de Prado 2012, "The Sharpe Ratio Efficient Frontier", J. Risk
/// 15(2), 3-44.
std::optional<double> probabilistic_sharpe(const SharpeEstimate& estimate, double benchmark = 0);

/// Minimum track record length: how many returns it takes until `probabilistic_sharpe` is `confidence`,
///
///     1 + (1 - g3 SR + (g4 - 1)/4 SR^2) (Z(confidence) / (SR - SR*))^2.
///
/// `observations` of the estimate is not used; `confidence` is in [0.5, 1). Nothing when the ratio does
/// not exceed the benchmark: no record would be long enough. Source: ibid.
std::optional<double> minimum_track_record(const SharpeEstimate& estimate, double benchmark = 0,
                                           double confidence = 0.95);

/// All that was tried before one result was picked.
struct Trials {
  double count = 1;     ///< N, independent trials; 1 or more, need not be whole
  double variance = 0;  ///< of the trials' Sharpe ratios, of one bar
};

/// N and the variance (n - 1) of the Sharpe ratios of all trials, [N]; a variance of 0 for fewer than two.
Trials trials_of(std::span<const double> sharpe_ratios);

/// SR0: the highest Sharpe ratio that this many trials show when none is better than 0,
///
///     sqrt(V) ((1 - gamma) Z(1 - 1/N) + gamma Z(1 - 1/(N e))),    gamma = 0.5772...,
///
/// and 0 for one trial. Source: Bailey & Lopez de Prado 2014, "The Deflated Sharpe Ratio", J. Portfolio
/// Management 40(5), 94-107, eq. 1.
double expected_maximum_sharpe(const Trials& trials);

/// Deflated Sharpe ratio: `probabilistic_sharpe` of the picked trial against SR0. Source: ibid., eq. 2.
std::optional<double> deflated_sharpe(const SharpeEstimate& picked, const Trials& trials);

}  // namespace ctt::evaluation
