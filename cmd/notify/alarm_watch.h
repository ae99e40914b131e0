#pragma once

#include <memory>

#include "cmd/shell/context.h"
#include "notify/watch.h"

namespace ctt::cmd {

// Alarms beside a command's own work. Settings that will not do are logged and stop nothing.

/// Looks for alarms on threads of its own for as long as it lives; nothing when nobody is to be told. `context`
/// outlives it.
std::unique_ptr<notify::Watch> watch_for_alarms(const Context& context);

/// One look, and waits until what it found is sent.
void look_for_alarms(const Context& context);

}  // namespace ctt::cmd
