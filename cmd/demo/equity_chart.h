#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "cmd/shell/terminal.h"

namespace ctt::cmd {

/// Equity over bars, with holding the asset beside it and a mark wherever another model took over.
struct EquityCurve {
  struct Point {
    base::Seconds at{};
    double equity = 0;
    double hold = 0;  ///< the same cash invested at the first point
    std::int64_t model_version = 0;
  };
  std::string title;
  std::vector<Point> points;

  /// Indices of the points at which the model changed.
  std::vector<std::size_t> swaps() const;
};

/// A drawing for a terminal: dots of braille characters, `rows` lines high, a mark under each swap.
std::string draw(const EquityCurve& curve, const Terminal& terminal, std::size_t rows = 12);

/// The same as an SVG file, light or dark as its viewer prefers.
std::string svg(const EquityCurve& curve);

}  // namespace ctt::cmd
