#pragma once

#include <cstdint>
#include <string>

#include "store/state_context.h"

namespace ctt::serve {

/// A cycle with all that its row holds, its parent's cycle beside it, the command that makes it again and what its
/// learner wrote. Throws Error(not_found).
std::string cycle_detail_json(const store::StateContext& state, const std::string& schedule_id,
                              std::int64_t number);

}  // namespace ctt::serve
