#pragma once

#include <string>

#include "store/state_context.h"

namespace ctt::serve {

/// The state of every schedule and its trader as Prometheus text (version 0.0.4). Whether a trader runs is
/// asked of its lock; one that runs is asked how it does, and waited for a moment at most.
std::string prometheus(const store::StateContext& state, std::size_t clients);

}  // namespace ctt::serve
