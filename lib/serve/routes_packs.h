#pragma once

#include "serve/call.h"

namespace ctt::serve {

/// Hyper-parameter packs: list, details, create, change, duplicate, delete.
std::vector<Route> pack_routes();

}  // namespace ctt::serve
