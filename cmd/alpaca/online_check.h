#pragma once

#include <string>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// Asks the broker whether the keys work and the account may trade, and how far this machine's clock is from
/// his; one sentence for the operator. Reads only.
/// Throws Error(keys) without keys or when they are refused, Error(refused) for an account that is barred,
/// Error(unreachable) when nobody answers.
std::string ask_broker(const Context& context);

}  // namespace ctt::cmd
