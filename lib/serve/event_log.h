#pragma once

#include "serve/call.h"

namespace ctt::serve {

/// `GET /api/events`: the event log, newest first, progress left out unless it is asked for by its type.
RestAnswer event_log(const Call& call);

}  // namespace ctt::serve
