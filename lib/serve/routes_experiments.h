#pragma once

#include "serve/call.h"

namespace ctt::serve {

/// Training runs: list, details with their curves, trades, comparison, leaderboard and totals.
std::vector<Route> experiment_routes();

}  // namespace ctt::serve
