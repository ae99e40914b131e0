#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "market/candle.h"

namespace ctt::support {

/// The features' defaults, each column computed straight from its definition over whole vectors:
/// slow, without state, and sharing nothing with the code under test.
std::map<std::string, std::vector<double>> naive_features(std::span<const market::Candle> candles);

}  // namespace ctt::support
