#pragma once

#include "cycle/cycle.h"
#include "cycle/launcher.h"

namespace ctt::cycle {

/// Takes a claimed cycle from its window to its end and returns the row as it ended.
store::Cycle work(const CycleContext& context, const TrainingLock& lock, const store::Cycle& claimed,
                  const RunOptions& options);

/// Ends a cycle whose process died. One whose training is a job of Slurm's is waited for; one whose training had completed is evaluated, judged and
/// published from its snapshot as if nothing had happened; an earlier one is closed as failed.
store::Cycle recover(const CycleContext& context, const TrainingLock& lock, const store::Cycle& interrupted);

}  // namespace ctt::cycle
