#pragma once

#include "base/error.h"
#include "base/home.h"
#include "base/time.h"
#include "serve/request.h"
#include "store/schedules.h"

namespace ctt::serve {

/// The Status of a schedule as an answer.
RestAnswer with_status(store::Database& database, const base::Home& home, const store::Schedule& schedule,
                       const base::Clock& clock, unsigned code = 200);

/// What a schedule's state does not allow: 409 with the Status that it has now as `current`.
RestAnswer conflict(store::Database& database, const base::Home& home, const std::string& schedule_id,
                    const base::Clock& clock, const base::Error& error);

}  // namespace ctt::serve
