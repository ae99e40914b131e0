#pragma once

#include "serve/call.h"

namespace ctt::serve {

/// Schedules: status, history, start with its preview, and the controls.
std::vector<Route> continuous_routes();

}  // namespace ctt::serve
