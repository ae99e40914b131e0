#pragma once

#include <string>

#include "serve/verdict_tail.h"

namespace ctt::serve {

/// The state of every schedule and its trader as Prometheus text (version 0.0.4). Whether a trader runs is
/// asked of its lock, and `ask_trader` what it says of itself.
std::string prometheus(const store::StateContext& state, std::size_t clients, const AskTrader& ask_trader);

}  // namespace ctt::serve
