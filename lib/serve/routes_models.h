#pragma once

#include "serve/call.h"

namespace ctt::serve {

/// Published models: list, details, lineage, and which one a schedule's trader shall serve.
///
/// Deploying checks the file and commits the desired model before it answers 202 with a `request_id`;
/// what the trader says comes as the event `continuous_model_deployed` or, with that id,
/// `command_failed`.
std::vector<Route> model_routes();

}  // namespace ctt::serve
