#include "evaluation/finite.h"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace ctt::evaluation {

void require_finite(std::string_view name, std::span<const double> series) {
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (std::isfinite(series[i])) continue;
    throw std::invalid_argument(
        fmt::format("{}[{}] is {}, not a finite number; repair or leave out that bar", name, i, series[i]));
  }
}

}  // namespace ctt::evaluation
