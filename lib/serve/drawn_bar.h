#pragma once

#include <optional>

#include "market/candle.h"
#include "store/live_decisions.h"

namespace ctt::serve {

/// The bar of a decision that the store does not hold, as in a replay of a file: all that is known of it is the price
/// it was met at and the one that was met `before`, and it is drawn from that to this.
market::Candle drawn_bar(const store::LiveDecision& decision, std::optional<double> before);

}  // namespace ctt::serve
