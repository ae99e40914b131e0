#pragma once

#include <vector>

#include "base/home.h"
#include "store/cycles.h"
#include "store/state_context.h"

namespace ctt::schedule {

/// Asks the process of a running cycle to finish its iteration, save and end. False when that
/// process is gone. Throws Error(refused) when it may not be asked.
bool ask_to_stop(const base::Home& home, const store::Cycle& cycle);

/// The running cycles whose process is gone: a crash, a kill or a reboot left them. The next run
/// finishes or closes each, going by the step it was in.
std::vector<store::Cycle> interrupted(const store::StateContext& state);

}  // namespace ctt::schedule
