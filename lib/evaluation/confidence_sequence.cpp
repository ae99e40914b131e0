#include "evaluation/confidence_sequence.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/math/special_functions/gamma.hpp>

#include "evaluation/finite.h"

namespace ctt::evaluation {

namespace {

void require_coverage(double coverage, std::size_t tuned_count) {
  if (!(coverage > 0 && coverage < 1)) {
    throw std::invalid_argument(fmt::format("coverage is {}; give a share between 0 and 1", coverage));
  }
  if (tuned_count == 0)
    throw std::invalid_argument("tuned_count is 0; give the number of values to be narrowest at");
}

// What a normal mixture's variance is divided by in order to be narrowest there (Howard et al. 2021).
double tuning(double error) {
  const double log_error = -2 * std::log(error);
  return log_error + std::log1p(log_error);
}

// log of the integral of exp(l s - v psi(l)) over the mixing density, without its constant; all in units of
// the scale c, so that psi(l) = -log(1 - l) - l. `shape` is v + rho, `rate` s + v + rho.
double log_gamma_integral(double shape, double rate) {
  return std::lgamma(shape) + std::log(boost::math::gamma_p(shape, rate)) - shape * std::log(rate);
}

}  // namespace

ConfidenceSequence::ConfidenceSequence(const ConfidenceSequenceSettings& settings)
    : ConfidenceSequence(settings, State{}) {}

ConfidenceSequence::ConfidenceSequence(const ConfidenceSequenceSettings& settings, const State& state)
    : settings_(settings), state_(state) {
  require_coverage(settings.coverage, settings.tuned_count);
  if (!(settings.bound > 0 && std::isfinite(settings.bound))) {
    throw std::invalid_argument(
        fmt::format("bound is {}; give the largest difference of one bar that is to count", settings.bound));
  }
  if (!(settings.deviation >= 0 && settings.deviation <= settings.bound)) {
    throw std::invalid_argument(
        fmt::format("deviation is {}; give one between 0 and the bound", settings.deviation));
  }
  const double deviation = settings.deviation > 0 ? settings.deviation : settings.bound / 10;
  const double scaled = deviation / (2 * settings.bound);
  const double error = 1 - settings.coverage;
  rho_ = static_cast<double>(settings.tuned_count) * scaled * scaled / tuning(error);
  log_normaliser_ = log_gamma_integral(rho_, rho_);
  log_threshold_ = std::log(2 / error);
}

void ConfidenceSequence::add(std::span<const double> differences) {
  require_finite("differences", differences);
  for (const double difference : differences) {
    const double value = std::clamp(difference, -settings_.bound, settings_.bound);
    if (value != difference) ++state_.winsorised;
    const double predicted = state_.count == 0 ? 0 : state_.sum / static_cast<double>(state_.count);
    state_.squares += (value - predicted) * (value - predicted);
    state_.sum += value;
    ++state_.count;
  }
}

// The log of the mixture martingale at a sum that exceeds its expectation by `excess` >= 0.
double ConfidenceSequence::log_evidence(double excess) const {
  const double scale = 2 * settings_.bound;
  const double s = excess / scale;
  const double v = state_.squares / (scale * scale);
  return log_gamma_integral(v + rho_, s + v + rho_) + s + v - log_normaliser_;
}

bool ConfidenceSequence::excludes(double mean) const {
  if (std::abs(mean) > settings_.bound) return true;
  return log_evidence(std::abs(state_.sum - static_cast<double>(state_.count) * mean)) >= log_threshold_;
}

ConfidenceInterval ConfidenceSequence::interval() const {
  const double bound = settings_.bound;
  if (state_.count == 0) return {-bound, bound};
  const auto n = static_cast<double>(state_.count);
  // The evidence grows with the excess; beyond 2 n bound every mean within the bounds is covered.
  double covered = 0;
  double excluded = 2 * n * bound;
  for (int halving = 0; halving < 60; ++halving) {
    const double middle = (covered + excluded) / 2;
    (log_evidence(middle) < log_threshold_ ? covered : excluded) = middle;
  }
  return {.low = std::max(-bound, (state_.sum - excluded) / n),
          .high = std::min(bound, (state_.sum + excluded) / n)};
}

ConfidenceInterval asymptotic_confidence_sequence(const SampleMoments& of, double coverage,
                                                  std::size_t tuned_count) {
  require_coverage(coverage, tuned_count);
  const double error = 1 - coverage;
  const auto n = static_cast<double>(of.count);
  const double spread = n * tuning(error) / static_cast<double>(tuned_count);  // n r^2
  const double half = of.population_deviation *
                      std::sqrt(2 * (spread + 1) / (n * spread) * std::log(std::sqrt(spread + 1) / error));
  return {.low = of.mean - half, .high = of.mean + half};
}

}  // namespace ctt::evaluation
