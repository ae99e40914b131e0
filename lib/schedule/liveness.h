#pragma once

#include "base/home.h"
#include "store/cycles.h"
#include "store/experiments.h"
#include "store/live_sessions.h"

namespace ctt::schedule {

// Whether what drives a row that says `running` still lives. The lock that it holds for life is asked, not
// its pid: a pid may belong to another process by now, and /proc shows nothing of another service under
// `ProtectProc=invisible`. A lock whose holder could not be written down (the disk was full) counts as
// held by the row that asks.

bool is_alive(const base::Home& home, const store::Cycle& cycle);
bool is_alive(const base::Home& home, const store::Experiment& experiment);
bool is_alive(const base::Home& home, const store::LiveSession& session);

}  // namespace ctt::schedule
