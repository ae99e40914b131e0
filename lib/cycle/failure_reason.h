#pragma once

#include <string_view>

#include "base/error.h"

namespace ctt::cycle {

/// The reason code in the row of a cycle that such a failure ended: `data_blocked`.
std::string_view reason_of(base::Failure failure);

/// The failure behind a reason code, for the exit status of the command that ran the cycle; internal for
/// codes that no failure has (`timeout`, `not_finite`).
base::Failure failure_of(std::string_view reason);

}  // namespace ctt::cycle
