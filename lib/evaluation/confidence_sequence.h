#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "evaluation/moments.h"

namespace ctt::evaluation {

struct ConfidenceInterval {
  double low = 0;
  double high = 0;
};

/// All of it has to be settled before the first value is seen; only then does the coverage hold.
struct ConfidenceSequenceSettings {
  double bound = 0;                ///< > 0: values beyond +-bound are winsorised to it
  double coverage = 0.95;          ///< inside (0, 1)
  double deviation = 0;            ///< expected of a value, for the width only; 0: a tenth of the bound
  std::size_t tuned_count = 1000;  ///< values after which the interval is to be narrowest
};

/// A confidence sequence for the mean difference of two strategies' returns: intervals that all hold
/// together with probability `coverage`, however often one looks and whenever one stops.
///
/// What is covered after t values is the running mean of their conditional means, 1/t sum E[x_i | past]. It
/// need not stay the same, and the values may depend on each other in any way: a regime that changes moves
/// the target, not the validity. For this reason earlier intervals must not be intersected with later
/// ones. The one assumption is the bound. Values beyond it are winsorised and counted; the interval is then
/// about the winsorised values, whose mean may differ from the whole one.
///
/// With S_t the sum, V_t = sum (x_i - mean of the earlier ones)^2 and c = 2 bound, the interval is
/// (S_t +- u(V_t)) / t, u the gamma-exponential mixture boundary of scale c at (1 - coverage)/2 a side.
///
/// Not thread-safe. Source: Howard, Ramdas, McAuliffe & Sekhon 2021, "Time-uniform, Nonparametric,
/// Nonasymptotic Confidence Sequences", Annals of Statistics 49(2), 1055-1080: Theorem 4 with the
/// gamma-exponential mixture.
class ConfidenceSequence {
 public:
  /// All that is to be kept in order to go on later.
  struct State {
    std::size_t count = 0;
    double sum = 0;              ///< of the winsorised values
    double squares = 0;          ///< V_t
    std::size_t winsorised = 0;  ///< how many lay beyond the bound
  };

  /// Throws std::invalid_argument on settings outside their range.
  explicit ConfidenceSequence(const ConfidenceSequenceSettings& settings);
  ConfidenceSequence(const ConfidenceSequenceSettings& settings, const State& state);

  /// Takes the next values. Throws std::invalid_argument when one is not finite, and then takes none.
  void add(std::span<const double> differences);

  /// In the unit of the differences, inside +-bound, which is also the interval before the first value.
  ConfidenceInterval interval() const;
  /// Whether `mean` lies outside the interval; quicker than asking for it.
  bool excludes(double mean) const;

  const State& state() const { return state_; }

 private:
  double log_evidence(double excess) const;

  ConfidenceSequenceSettings settings_;
  State state_;
  double rho_ = 0;             ///< of the mixture, in units of c^2
  double log_normaliser_ = 0;  ///< of the mixture
  double log_threshold_ = 0;   ///< log(2 / (1 - coverage))
};

/// The asymptotic confidence sequence after `of.count` values:
///
///     mean +- s sqrt(2 (n r^2 + 1) / (n^2 r^2) log(sqrt(n r^2 + 1) / (1 - coverage))),
///
/// s the population deviation, r such that it is narrowest at `tuned_count`. Much narrower than
/// `ConfidenceSequence` and without a bound, but its coverage is one of large samples: values must be
/// independent or nearly so, of finite variance, and the first looks, at fewer than some hundred values,
/// are not covered. Throws std::invalid_argument when coverage or tuned_count is out of range.
///
/// Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024, "Time-uniform Central Limit Theory and
/// Asymptotic Confidence Sequences", Annals of Statistics 52(6), 2613-2640, section 2.
ConfidenceInterval asymptotic_confidence_sequence(const SampleMoments& of, double coverage = 0.95,
                                                  std::size_t tuned_count = 1000);

}  // namespace ctt::evaluation
