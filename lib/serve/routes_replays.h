#pragma once

#include "serve/call.h"

namespace ctt::serve {

/// Replays: which there are, what they came to, their report; start, stop and resume.
///
/// What is started is the command `ctt replay`, as a process that does not need the server any more. One at a time is
/// started here, since it fills the cores. When it fails, `command_failed` and the replay's row say why.
std::vector<Route> replay_routes();

}  // namespace ctt::serve
