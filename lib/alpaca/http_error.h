#pragma once

#include <string_view>

#include "alpaca/http_result.h"

namespace ctt::alpaca {

/// What an unwanted result means for the operator: Error(keys) for 401, a bad pair and a 403 that is about
/// them, Error(refused) for a 403 that tells another reason, Error(usage) for other refusals of the
/// request (4xx), Error(unreachable) for the rest. `what` is the beginning of the sentence: `bars of
/// BTC/USD`; `url` is named without its query.
[[noreturn]] void raise(const HttpResult& result, std::string_view what, std::string_view url);

}  // namespace ctt::alpaca
