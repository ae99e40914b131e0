#pragma once

#include <string_view>

namespace ctt::base {

std::string_view version();  ///< `0.1.0`
/// The commit this was built from, 12 digits, or `unknown` outside a checkout.
std::string_view commit();

}  // namespace ctt::base
