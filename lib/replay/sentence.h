#pragma once

#include <optional>
#include <string>

#include "replay/comparison.h"
#include "replay/settings.h"

namespace ctt::replay {

/// `6h`, `7d`, `90m`, as flags take it.
std::string interval_text(std::chrono::milliseconds interval);

/// The answer of a replay: what retraining made more than its control, with interval and verdict, and how many years
/// of bars it takes to tell. Of a grid, that of its first point.
std::string sentence_of(const ReplaySettings& settings, const std::optional<PairedComparison>& comparison,
                        std::size_t cycles);

}  // namespace ctt::replay
