#pragma once

#include <string>
#include <vector>

#include "report/chart.h"

namespace ctt::report {

/// How often values fell between given edges, for several groups below each other on one axis. Each
/// interval is as wide as the others, whatever its edges; heights are shares of the group's values, the
/// same scale for all groups.
struct Histogram {
  struct Row {
    std::string label, note, css_class;
    std::vector<double> counts;  ///< [edges - 1]
  };

  std::string name, title, summary;
  std::vector<double> edges;  ///< per cent, ascending
  std::vector<Row> rows;

  /// Empty when no group has a value.
  Chart chart() const;
};

}  // namespace ctt::report
