#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "market/candle.h"

namespace ctt::cmd {

/// The candles of a csv file, for work that goes bar by bar: oldest first, each time once. Its rows may stand in any
/// order; of two of one time the later counts, as in a dataset.
/// Throws Error(not_found) when it cannot be read, Error(data_blocked) naming the file, and the
/// line, when it is malformed or has no bars.
std::vector<market::Candle> read_candle_file(const std::filesystem::path& file);

}  // namespace ctt::cmd
