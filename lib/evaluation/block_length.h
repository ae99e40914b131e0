#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace ctt::evaluation {

/// Mean block lengths, in values of the series, at which a block bootstrap of its mean has the least
/// error; below 1 means that resampling single values does. Neither exceeds ceil(min(3 sqrt n, n / 3)).
struct BlockLength {
  double stationary = 1;  ///< of the stationary bootstrap: mean of the geometric length
  double circular = 1;    ///< of the circular one: the fixed length
  std::size_t lags = 0;   ///< m: autocovariances that were used
};

/// The automatic block lengths of a series of n values.
///
/// m is twice the first lag from which k_n = max(5, floor(log10 n)) autocorrelations in a row lie
/// within +-2 sqrt(log10(n) / n), at most m_max = ceil(sqrt n) + k_n, and m_max when there is none.
/// With the trapezoid l(x) = min(1, 2 (1 - x)), autocovariances R(k),
///
///     G = 2 sum_(k=1)^m l(k/m) k R(k),    g = R(0) + 2 sum_(k=1)^m l(k/m) R(k),
///     stationary = (2 G^2 / (2 g^2))^(1/3) n^(1/3),    circular = (2 G^2 / (4/3 g^2))^(1/3) n^(1/3).
///
/// Nothing for fewer than three values or values that are all equal: blocks of 1 do then. O(n^1.5) steps.
/// Throws std::invalid_argument when a value is not finite.
///
/// Source: Politis & White 2004, "Automatic Block-Length Selection for the Dependent Bootstrap",
/// Econometric Reviews 23(1), 53-70; constant of the stationary bootstrap: Patton, Politis & White 2009,
/// ibid. 28(4), 372-375.
std::optional<BlockLength> automatic_block_length(std::span<const double> series);

}  // namespace ctt::evaluation
