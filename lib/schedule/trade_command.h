#pragma once

#include <string>

#include "store/database.h"

namespace ctt::schedule {

/// The command that starts the schedule's trader as it ran last: together with those that shared its process and
/// account, and for real money, with its limits, when it was. A model of its own (`--model`) is not repeated.
std::string trade_command(store::Database& database, const std::string& schedule_id);

}  // namespace ctt::schedule
