#pragma once

#include <optional>
#include <string>

#include "report/document.h"

namespace ctt::report {

/// How often a gate lets candidates pass that learned from real bars, and such that learned from bars whose
/// order was lost. Skipped slots and failed trainings did not reach it.
struct GateTrial {
  double real_judged = 0, placebo_judged = 0;
  double real_share = 0, placebo_share = 0;  ///< of those judged
  /// 1.96 standard errors of the difference of two independent shares that are in truth the same; the
  /// chains of a replay depend on each other, so the real one is larger.
  double sampling_error = 0;

  bool tells_apart() const;
};

/// Nothing when either side has no candidate that was judged.
std::optional<GateTrial> gate_trial(const ReportDocument::GateCounts& real,
                                    const ReportDocument::GateCounts& placebo);

/// What the trial says, in sentences.
std::string gate_words(const GateTrial& trial);

}  // namespace ctt::report
