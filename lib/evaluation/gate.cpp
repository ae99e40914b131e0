#include "evaluation/gate.h"

#include <fmt/format.h>

#include "base/names.h"

namespace ctt::evaluation {

namespace {

constexpr auto kGatings = base::names_of<Gating>(
    {{Gating::passed, "passed"}, {Gating::rejected, "rejected"}, {Gating::undecided, "undecided"}});

GateVerdict judge_basic(const Evaluation& evaluation) {
  if (!evaluation.finite) return {Gating::rejected, "its outputs are not finite on the window"};
  if (evaluation.window_trades == 0) return {Gating::rejected, "it never trades in the window"};
  return {};
}

GateVerdict judge_strict(const Evaluation& evaluation) {
  if (!evaluation.candidate || !evaluation.parent)
    return {Gating::undecided, "no bars were held back to compare it with its parent"};
  const auto& clean = evaluation.clean;
  if (clean.bars == 0) return {Gating::undecided, "the held-back bars have been seen in training"};
  if (clean.bars < kCleanBarsMin) {
    return {Gating::undecided,
            fmt::format("undecided: {} held-back bars that neither lineage has seen, {} are "
                        "needed; a larger holdout brings them",
                        clean.bars, kCleanBarsMin)};
  }
  if (clean.candidate_trades < kCleanTradesMin) {
    return {Gating::undecided,
            fmt::format("undecided: it traded {} times on {} held-back bars, {} trades are needed",
                        clean.candidate_trades, clean.bars, kCleanTradesMin)};
  }
  const double share = clean.difference.share_not_below_0;
  if (share >= kNotWorseShareMin) return {};
  const bool worse = clean.difference.mean < 0;
  return {
      worse ? Gating::rejected : Gating::undecided,
      fmt::format("{} on {} held-back bars ({:+.2f} % against {:+.2f} %; not worse in {:.0f} % of "
                  "resamples, {:.0f} % are needed)",
                  worse ? "worse than its parent" : "undecided: not clearly as good as its parent",
                  clean.bars, clean.candidate_pct, clean.parent_pct, 100 * share, 100 * kNotWorseShareMin)};
}

}  // namespace

std::string_view name(Gating gating) { return kGatings.name(gating); }

GateVerdict judge(schedule::Gate gate, const Evaluation& evaluation) {
  GateVerdict verdict;
  if (gate != schedule::Gate::none) verdict = judge_basic(evaluation);
  if (gate == schedule::Gate::strict && verdict.passed()) verdict = judge_strict(evaluation);
  verdict.gate = gate;
  return verdict;
}

std::string_view asks(schedule::Gate gate) {
  switch (gate) {
    case schedule::Gate::none:
      return "which asks for nothing but a file that loads";
    case schedule::Gate::basic:
      return "which asks for finite outputs and one trade, not for a better result";
    case schedule::Gate::strict:
      return "which asks for a result that is not worse than the parent's";
  }
  return "";
}

}  // namespace ctt::evaluation
