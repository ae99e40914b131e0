#pragma once

#include "serve/call.h"

namespace ctt::serve {

/// Traders: status, sessions with their fills, series for charts, halt and resume.
std::vector<Route> live_routes();

}  // namespace ctt::serve
