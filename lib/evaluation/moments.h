#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace ctt::evaluation {

/// The arithmetic mean; 0 of an empty series.
double mean(std::span<const double> series);

/// The first four moments of a series, in its unit. Around m, with m_k = 1/n sum (x_t - m)^k:
struct SampleMoments {
  std::size_t count = 0;
  double mean = 0;
  double deviation = 0;             ///< of the sample: sqrt(n / (n - 1) m_2)
  double population_deviation = 0;  ///< sqrt(m_2)
  double skewness = 0;              ///< m_3 / m_2^1.5; 0 of a symmetric distribution
  double kurtosis = 3;              ///< m_4 / m_2^2; 3 of a normal one, not 0
};

/// Nothing where no deviation can be told: fewer than two values, or all of them equal.
/// Throws std::invalid_argument when a value is not finite.
std::optional<SampleMoments> sample_moments(std::span<const double> series);

}  // namespace ctt::evaluation
