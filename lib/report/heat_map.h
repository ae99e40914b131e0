#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/chart.h"

namespace ctt::report {

/// A table of changes in per cent whose cells are tinted by their size: one colour for gains, one for losses.
struct HeatMap {
  struct Row {
    std::string group;  ///< plain text, written above the first row of its group
    std::string label;
    std::vector<std::optional<double>> cells;  ///< [columns]
  };

  std::string name, title, summary;
  std::vector<std::string> columns;
  std::vector<Row> rows;

  /// Empty without a cell.
  Chart chart() const;
};

/// `gain1` .. `gain5`, `loss1` .. `loss5`: the tint of a value where `largest` has the strongest; empty for 0.
std::string tint(double value, double largest);

}  // namespace ctt::report
