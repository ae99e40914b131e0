#pragma once

#include <chrono>
#include <optional>

#include "alpaca/http_result.h"
#include "base/time.h"

namespace ctt::alpaca {

/// True for what may be better a moment later: 408, 429, 500, 502, 503, 504, and no answer at all
/// (but not a bad certificate, an answer too large, or our own stop).
bool worth_retrying(const HttpResult& result);

/// How long the server asked us to stay away: Retry-After, else (of a 429) the reset of its limit
/// when that is at most a minute away. Counted on the server's clock where it told the time.
std::optional<std::chrono::milliseconds> asked_wait(const HttpResult& result, base::Instant now);

}  // namespace ctt::alpaca
