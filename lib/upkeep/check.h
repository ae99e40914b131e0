#pragma once

#include <string>
#include <vector>

#include "store/state_context.h"

namespace ctt::upkeep {

/// Everything that is wrong with a state directory, one sentence each; empty when nothing is. The one
/// place that says what must always hold, for people and for tests that kill processes:
///
/// - the database is sound, and no row contradicts another;
/// - every model, snapshot and checkpoint that a row names is there with its hash, and nothing that
///   looks like one without a row;
/// - no cycle or training runs whose process is gone, and nothing half-written is left of one;
/// - no order is open unless its trader runs.
///
/// After a crash the next run mends what it left, so findings of the last two kinds ask for a
/// `ctt cycle run` or a `ctt trade`. Reads only; files are read whole.
std::vector<std::string> check_state(const store::StateContext& state);

}  // namespace ctt::upkeep
