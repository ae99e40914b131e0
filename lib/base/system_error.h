#pragma once

#include <cerrno>
#include <string_view>

#include "base/error.h"

namespace ctt::base {

/// What a failed call of the operating system becomes: `cannot <doing>: <the system's reason>`.
///
///     if (::pipe2(ends, O_CLOEXEC) != 0) throw system_error("make a pipe");
///
/// `reason` is a number of errno(3). Failure::internal, unless the caller knows better whose fault it is.
Error system_error(std::string_view doing, int reason = errno, Failure failure = Failure::internal);

}  // namespace ctt::base
