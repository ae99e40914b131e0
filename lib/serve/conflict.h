#pragma once

#include "base/error.h"
#include "serve/request.h"
#include "store/schedules.h"
#include "store/state_context.h"

namespace ctt::serve {

/// The Status of a schedule as an answer.
RestAnswer with_status(const store::StateContext& state, const store::Schedule& schedule,
                       unsigned code = 200);

/// What a schedule's state does not allow: 409 with the Status that it has now as `current`.
RestAnswer conflict(const store::StateContext& state, const std::string& schedule_id,
                    const base::Error& error);

}  // namespace ctt::serve
