#pragma once

#include <string>

#include "serve/request.h"

namespace ctt::serve {

/// Where the answer breaks the schema of that name in the contract, empty when nowhere. A name with
/// `[]` behind it is a bare list of such, one in `items:` an object that holds a list `items`.
std::string breach(const std::string& json, const std::string& schema);

}  // namespace ctt::serve

/// The body of `answer` is what the contract calls `schema`.
#define CHECK_CONTRACT(answer, schema) CHECK(ctt::serve::breach((answer).body, schema) == "")
