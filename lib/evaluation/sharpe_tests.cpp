#include "evaluation/sharpe_tests.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <boost/math/distributions/normal.hpp>

#include "evaluation/finite.h"

namespace ctt::evaluation {

namespace {

void require_number(std::string_view name, double value) {
  if (std::isfinite(value)) return;
  throw std::invalid_argument(
      fmt::format("{} is {}, not a finite number; compute it from at least two different "
                  "returns",
                  name, value));
}

void require_estimate(const SharpeEstimate& estimate, double benchmark) {
  require_number("sharpe", estimate.sharpe);
  require_number("observations", estimate.observations);
  require_number("skewness", estimate.skewness);
  require_number("kurtosis", estimate.kurtosis);
  require_number("benchmark", benchmark);
}

// n - 1 times the variance of the estimated ratio (Mertens 2002). Not above 0 only where the moments are
// those of returns with two values, or of no distribution.
double error_scale(const SharpeEstimate& of) {
  return 1 - of.skewness * of.sharpe + (of.kurtosis - 1) / 4 * of.sharpe * of.sharpe;
}

// Z(1 - p), which keeps the digits of a small p.
double upper_normal_quantile(double p) {
  return boost::math::quantile(boost::math::complement(boost::math::normal(), p));
}

}  // namespace

double normal_cdf(double z) {
  require_number("z", z);
  return boost::math::cdf(boost::math::normal(), z);
}

double normal_quantile(double p) {
  if (!(p > 0 && p < 1)) {
    throw std::invalid_argument(
        fmt::format("a normal quantile of {} was asked for; give a share inside 0 and 1", p));
  }
  return boost::math::quantile(boost::math::normal(), p);
}

SharpeEstimate sharpe_estimate(const SampleMoments& moments) {
  return {.sharpe = moments.mean / moments.deviation,
          .observations = static_cast<double>(moments.count),
          .skewness = moments.skewness,
          .kurtosis = moments.kurtosis};
}

std::optional<double> probabilistic_sharpe(const SharpeEstimate& estimate, double benchmark) {
  require_estimate(estimate, benchmark);
  const double scale = error_scale(estimate);
  if (estimate.observations < 2 || scale <= 0) return {};
  return normal_cdf((estimate.sharpe - benchmark) * std::sqrt((estimate.observations - 1) / scale));
}

std::optional<double> minimum_track_record(const SharpeEstimate& estimate, double benchmark,
                                           double confidence) {
  require_estimate(estimate, benchmark);
  if (!(confidence >= 0.5 && confidence < 1)) {
    throw std::invalid_argument(
        fmt::format("confidence is {}; give a share from 0.5 to below 1", confidence));
  }
  const double edge = estimate.sharpe - benchmark;
  const double scale = error_scale(estimate);
  if (edge <= 0 || scale <= 0) return {};
  const double needed = normal_quantile(confidence) / edge;
  return 1 + scale * needed * needed;
}

Trials trials_of(std::span<const double> sharpe_ratios) {
  require_finite("sharpe_ratios", sharpe_ratios);
  if (sharpe_ratios.empty())
    throw std::invalid_argument("there are no trials; give the ratio of each one made");
  const auto of = sample_moments(sharpe_ratios);
  return {.count = static_cast<double>(sharpe_ratios.size()),
          .variance = of ? of->deviation * of->deviation : 0};
}

double expected_maximum_sharpe(const Trials& trials) {
  if (!(trials.count >= 1 && std::isfinite(trials.count) && trials.variance >= 0 &&
        std::isfinite(trials.variance))) {
    throw std::invalid_argument(
        fmt::format("{} trials of variance {}; give at least 1 and a variance of 0 or more", trials.count,
                    trials.variance));
  }
  if (trials.count == 1) return 0;
  constexpr double gamma = std::numbers::egamma;
  const double maximum = (1 - gamma) * upper_normal_quantile(1 / trials.count) +
                         gamma * upper_normal_quantile(1 / (trials.count * std::numbers::e));
  // The formula is one for many trials: just above one it would expect less than from a single trial.
  return std::sqrt(trials.variance) * std::max(0.0, maximum);
}

std::optional<double> deflated_sharpe(const SharpeEstimate& picked, const Trials& trials) {
  return probabilistic_sharpe(picked, expected_maximum_sharpe(trials));
}

}  // namespace ctt::evaluation
