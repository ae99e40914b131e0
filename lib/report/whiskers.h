#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/chart.h"

namespace ctt::report {

/// A value and the interval around it.
struct Whisker {
  std::string label;  ///< plain text, to the left
  std::string note;   ///< plain text, to the right: the value
  std::string more;   ///< what follows the note where there is room
  std::string css_class;
  std::optional<double> low, middle, high;
};

/// Intervals below each other around a line at 0, in per cent.
struct WhiskerChart {
  std::string name, title, summary;
  std::vector<Whisker> rows;
  std::optional<double> shade_low, shade_high;  ///< a strip behind all rows

  /// Empty when no row has a value.
  Chart chart() const;
};

}  // namespace ctt::report
