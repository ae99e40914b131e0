#include "report/gate_trial.h"

#include <cmath>

#include <fmt/format.h>

#include "report/number_form.h"

namespace ctt::report {

namespace {

double judged(const ReportDocument::GateCounts& counts) {
  return counts.passed + counts.rejected + counts.undecided;
}

}  // namespace

bool GateTrial::tells_apart() const { return std::abs(real_share - placebo_share) >= sampling_error; }

std::optional<GateTrial> gate_trial(const ReportDocument::GateCounts& real,
                                    const ReportDocument::GateCounts& placebo) {
  GateTrial trial{.real_judged = judged(real), .placebo_judged = judged(placebo)};
  if (!(trial.real_judged > 0) || !(trial.placebo_judged > 0)) return {};
  trial.real_share = real.passed / trial.real_judged;
  trial.placebo_share = placebo.passed / trial.placebo_judged;
  const double pooled = (real.passed + placebo.passed) / (trial.real_judged + trial.placebo_judged);
  trial.sampling_error =
      1.96 * std::sqrt(pooled * (1 - pooled) * (1 / trial.real_judged + 1 / trial.placebo_judged));
  return trial;
}

std::string gate_words(const GateTrial& trial) {
  const auto pct = [](double share) { return shown(100 * share, NumberForm::percent); };
  const double difference = trial.real_share - trial.placebo_share;
  std::string words = fmt::format(
      "Of the candidates it judged, the gate passed {} that had learned from real bars and {} "
      "that had learned from placebos. ",
      pct(trial.real_share), pct(trial.placebo_share));
  if (difference == 0 || !trial.tells_apart()) {
    return words +
           fmt::format(
               "The difference is within its sampling error of {}: a gate that passes both alike decides "
               "nothing.",
               pct(trial.sampling_error));
  }
  return words + fmt::format("The difference is beyond its sampling error of {}: {}.",
                             pct(trial.sampling_error),
                             difference > 0 ? "the gate tells the two apart" : "the gate prefers placebos");
}

}  // namespace ctt::report
