#pragma once

#include "serve/call.h"

namespace ctt::serve {

/// Datasets: list, details, catalogue of features, preview, create, change, delete.
std::vector<Route> dataset_routes();

}  // namespace ctt::serve
