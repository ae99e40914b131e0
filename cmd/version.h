#pragma once

#include <string>

namespace ctt::cmd {

/// `ctt 0.1.0`.
std::string version_line();
/// `0.1.0`.
std::string version();

}  // namespace ctt::cmd
