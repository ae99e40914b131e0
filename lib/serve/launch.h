#pragma once

#include <string>
#include <vector>

#include "serve/call.h"

namespace ctt::serve {

/// Starts a command of ours as a process that does not need the server any more; what it could not do becomes the event
/// `command_failed` with this id, unless it was asked to stop. Throws Error(busy) when too many are waited for.
void launch(const Call& call, const std::string& request_id, const std::vector<std::string>& words);

}  // namespace ctt::serve
