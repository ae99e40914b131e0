#pragma once

#include <string>
#include <string_view>

#include "evaluation/evaluate.h"
#include "schedule/config.h"

namespace ctt::evaluation {

/// Fewer clean bars, or trades of the candidate on them, decide nothing.
constexpr std::size_t kCleanBarsMin = schedule::kStrictBarsMin;
constexpr std::size_t kCleanTradesMin = 5;
/// The share of resamples in which the candidate is not worse that lets it pass.
constexpr double kNotWorseShareMin = 0.9;

enum class Gating { passed, rejected, undecided };

/// `passed`: the word in metrics.
std::string_view name(Gating gating);

/// Whether a candidate may replace its parent, and why not.
struct GateVerdict {
  Gating outcome = Gating::passed;
  std::string reason;  ///< a sentence unless it passed
  schedule::Gate gate = schedule::Gate::none;

  bool passed() const { return outcome == Gating::passed; }
};

/// `none` lets everything through that loads. `basic` asks that the candidate's outputs are numbers
/// and that it trades at least once in its window. `strict` also asks that it is not worse than its
/// parent, after fees and bar by bar, on the held-back bars that neither lineage has learned from:
/// not worse in nine of ten resamples passes, a lower mean is rejected, anything between and too few
/// bars or trades is undecided. Unless it passed, the parent is kept.
GateVerdict judge(schedule::Gate gate, const Evaluation& evaluation);

/// What a gate asks, as the end of a sentence: `which asks for finite outputs and one trade, not for a better
/// result`.
std::string_view asks(schedule::Gate gate);

}  // namespace ctt::evaluation
