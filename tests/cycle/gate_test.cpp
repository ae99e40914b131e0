#include "cycle/gate.h"

using namespace ctt;
using cycle::Evaluation;
using cycle::judge;
using schedule::Gate;

namespace {

Evaluation compared(double candidate_pct, double parent_pct, bool clean) {
  Evaluation evaluation;
  evaluation.window_trades = 3;
  evaluation.candidate.emplace();
  evaluation.candidate->report.pnl_pct = candidate_pct;
  evaluation.candidate->clean = clean;
  evaluation.parent.emplace();
  evaluation.parent->report.pnl_pct = parent_pct;
  evaluation.parent->clean = clean;
  return evaluation;
}

}  // namespace

TEST_CASE("basic asks for finite outputs and at least one trade") {
  CHECK(judge(Gate::basic, compared(-5, 5, true)).passed);
  auto still = compared(1, 0, true);
  still.window_trades = 0;
  CHECK(judge(Gate::basic, still).reason == "it never trades in the window");
  CHECK(judge(Gate::none, still).passed);
  auto broken = compared(1, 0, true);
  broken.finite = false;
  CHECK(judge(Gate::basic, broken).reason == "its outputs are not finite on the window");
}

TEST_CASE("strict keeps the parent unless the candidate is not worse on bars nobody has learned from") {
  CHECK(judge(Gate::strict, compared(1, 0.5, true)).passed);
  CHECK(judge(Gate::strict, compared(0.5, 0.5, true)).passed);
  CHECK(judge(Gate::strict, compared(0.25, 0.5, true)).reason ==
        "worse than its parent on held-back bars (+0.25 % against +0.50 %)");
  CHECK_FALSE(judge(Gate::strict, compared(9, 0, false)).passed);
  Evaluation nothing_held_back;
  nothing_held_back.window_trades = 3;
  CHECK_FALSE(judge(Gate::strict, nothing_held_back).passed);
}
