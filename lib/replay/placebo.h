#pragma once

#include <cstdint>

#include "market/window.h"

namespace ctt::replay {

/// The window with the order of its bars taken away: what follows a day is another day, drawn at random.
///
/// The rows up to the `held_back` newest are cut into blocks of about a day, one of which may be shorter, and the
/// blocks are put in random order. Each bar keeps its open, high, low and close as multiples of the close before it,
/// and its volume; prices are multiplied up again from the first row's close. So the distribution of the bars and
/// their memory within a day stay; whatever a longer past says about the future is gone. The first row, the held-back
/// ones and all times stay as they are.
market::Window permuted(const market::Window& window, std::size_t held_back, std::uint64_t seed);

}  // namespace ctt::replay
