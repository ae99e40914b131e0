#pragma once

#include "serve/call.h"

namespace ctt::serve {

/// Trainings: launch, which run, cancel; a cycle now; and whether anything trains.
///
/// What is launched is the command, `ctt train` or `ctt cycle run --now`, as a process that does not need
/// the server any more. When it fails before or in its work, `command_failed` says why.
std::vector<Route> training_routes();

}  // namespace ctt::serve
