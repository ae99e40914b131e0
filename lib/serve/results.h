#pragma once

#include "serve/traded.h"

namespace ctt::serve {

/// `GET /api/live/results`: round trips, days, months and models of what was traded.
RestAnswer trading_results_of(const Call& call, const Traded& asked);

}  // namespace ctt::serve
