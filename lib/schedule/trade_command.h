#pragma once

#include <string>

#include "store/database.h"

namespace ctt::schedule {

/// The command that starts the schedule's trader as it ran last: together with those that shared its process and
/// account, and for real money when it was.
std::string trade_command(store::Database& database, const std::string& schedule_id);

}  // namespace ctt::schedule
