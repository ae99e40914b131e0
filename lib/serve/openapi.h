#pragma once

#include <string_view>

namespace ctt::serve {

/// The contract of REST, OpenAPI 3.1 as JSON: the file lib/serve/openapi.json, built in.
std::string_view openapi();

}  // namespace ctt::serve
