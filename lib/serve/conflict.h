#pragma once

#include "base/error.h"
#include "serve/call.h"
#include "store/schedules.h"

namespace ctt::serve {

/// The Status of a schedule as an answer.
RestAnswer with_status(const Call& call, const store::Schedule& schedule, unsigned code = 200);

/// What a schedule's state does not allow: 409 with the Status that it has now as `current`.
RestAnswer conflict(const Call& call, const std::string& schedule_id, const base::Error& error);

}  // namespace ctt::serve
