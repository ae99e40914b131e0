#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cycle/context.h"

namespace ctt::cycle {

struct RunOptions {
  std::optional<std::string> schedule_id;   ///< nothing: every schedule with something due
  bool now = false;                         ///< do not wait for the slot
  bool deploy = true;                       ///< false: publish, deploy nothing
  std::optional<base::Instant> window_end;  ///< take the window as if it were this moment
};

/// What a run did.
struct RunReport {
  std::vector<store::Cycle> cycles;   ///< those that were run or finished, as they ended
  std::vector<store::Cycle> skipped;  ///< rows written for slots in which nothing ran
  std::optional<std::string> busy;    ///< who holds the training lock; then nothing ran
};

/// Runs every slot that is due, one after the other: claim, fetch, snapshot, train, evaluate, gate,
/// publish, deploy. Schedules take turns, the longest waiting first, so that none waits for another's
/// backlog; one that becomes due meanwhile is taken too. Each step is journaled before it starts, and what an earlier run left behind
/// when it died is finished or closed first. Running twice has the effect of running once.
///
/// A cycle that goes wrong ends as `failed` in its row and does not throw; its parent stays in
/// service. Throws what concerns the run as a whole: an unknown schedule, an unusable database.
RunReport run(const CycleContext& context, const RunOptions& options);

}  // namespace ctt::cycle
