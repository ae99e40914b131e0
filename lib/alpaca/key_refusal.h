#pragma once

#include "alpaca/http_result.h"

namespace ctt::alpaca {

/// Whether an answer refuses the keys, and not only what was asked with them.
bool refuses_keys(const HttpResult& result);

}  // namespace ctt::alpaca
