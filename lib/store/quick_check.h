#pragma once

#include <optional>
#include <string>

#include "store/database.h"

namespace ctt::store {

/// SQLite's own look at the file: the first thing it has to say, or nothing when all is well.
std::optional<std::string> quick_check(Database& database);

}  // namespace ctt::store
