#pragma once

#include <span>
#include <string_view>

namespace ctt::evaluation {

/// Throws std::invalid_argument, naming series and place, at the first value that is NaN or infinite:
/// one such value would turn every statistic of the series into NaN.
void require_finite(std::string_view name, std::span<const double> series);

}  // namespace ctt::evaluation
