#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "market/candle.h"
#include "store/live_decisions.h"

namespace ctt::serve {

/// At most about `most` points of a curve that look like the whole: of each stretch the first, the
/// last, the lowest and the highest, in their order. All of them when there are no more than `most`.
std::vector<store::EquityPoint> sampled(std::span<const store::EquityPoint> points, std::size_t most);

/// At most `most` bars: neighbours put together to wider ones. All of them when there are no more.
std::vector<market::Candle> sampled(std::span<const market::Candle> bars, std::size_t most);

}  // namespace ctt::serve
