#pragma once

#include <vector>

#include "serve/call.h"

namespace ctt::serve {

/// What dashboards of this kind ask for and ctt does not make: lists of it are empty, and what would begin it is 501
/// with the command that comes nearest.
std::vector<Route> foreign_routes();

}  // namespace ctt::serve
