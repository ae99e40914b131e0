#pragma once

#include <string>

#include "cycle/evaluate.h"
#include "schedule/config.h"

namespace ctt::cycle {

/// Whether a candidate may replace its parent, and why not.
struct GateVerdict {
  bool passed = true;
  std::string reason;  ///< a sentence when it did not
};

/// `none` lets everything through that loads. `basic` asks that the candidate's outputs are numbers
/// and that it trades at least once in its window. `strict` also asks that it does not lose to its
/// parent on the held-back bars, which neither has learned from; without such bars it keeps the
/// parent.
GateVerdict judge(schedule::Gate gate, const Evaluation& evaluation);

}  // namespace ctt::cycle
