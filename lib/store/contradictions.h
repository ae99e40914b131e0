#pragma once

#include <string>
#include <vector>

#include "store/database.h"

namespace ctt::store {

/// Where rows say what cannot be true together, one sentence each: numbers that are not contiguous,
/// ends that are missing or doubled, events that do not match what happened. What a constraint of the
/// schema forbids is `Database::check`'s.
///
/// A cycle that runs and a trader with open orders are no contradictions; whether their processes
/// live is not looked at.
std::vector<std::string> contradictions(Database& database);

}  // namespace ctt::store
