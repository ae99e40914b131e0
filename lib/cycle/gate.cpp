#include "cycle/gate.h"

#include <fmt/format.h>

namespace ctt::cycle {

namespace {

GateVerdict judge_basic(const Evaluation& evaluation) {
  if (!evaluation.finite) return {false, "its outputs are not finite on the window"};
  if (evaluation.window_trades == 0) return {false, "it never trades in the window"};
  return {};
}

GateVerdict judge_strict(const Evaluation& evaluation) {
  if (!evaluation.candidate || !evaluation.parent)
    return {false, "no bars were held back to compare it with its parent"};
  if (!evaluation.candidate->clean || !evaluation.parent->clean)
    return {false, "the held-back bars have been seen in training"};
  const double candidate = evaluation.candidate->report.pnl_pct;
  const double parent = evaluation.parent->report.pnl_pct;
  if (candidate < parent)
    return {false, fmt::format("worse than its parent on held-back bars ({:+.2f} % against {:+.2f} %)",
                               candidate, parent)};
  return {};
}

}  // namespace

GateVerdict judge(schedule::Gate gate, const Evaluation& evaluation) {
  if (gate == schedule::Gate::none) return {};
  const auto basic = judge_basic(evaluation);
  if (!basic.passed || gate == schedule::Gate::basic) return basic;
  return judge_strict(evaluation);
}

}  // namespace ctt::cycle
