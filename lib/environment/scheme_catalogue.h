#pragma once

#include <string_view>

#include "environment/action_type.h"
#include "environment/reward_type.h"

namespace ctt::environment {

/// The type of that name. Throws Error(usage) with the nearest name.
const ActionType& action_type(std::string_view name);
const RewardType& reward_type(std::string_view name);

}  // namespace ctt::environment
