#pragma once

#include <string>
#include <vector>

#include "report/axis.h"
#include "report/chart.h"

namespace ctt::report {

/// A curve over time, with the range around it. Values that are not finite are gaps.
struct ChartLine {
  std::string name;       ///< plain text, written at the line's end
  std::string end_label;  ///< what follows the name where there is room, `+12.3 %`
  std::string css_class;
  std::vector<double> values;     ///< [times]
  std::vector<double> low, high;  ///< [times] or empty
};

/// Curves over a time axis in UTC, named at their ends.
struct LineChart {
  std::string name, title, summary;
  std::vector<double> times;  ///< seconds since 1970, ascending
  std::vector<ChartLine> lines;
  AxisScale scale;
  std::string suffix;      ///< of the ticks' labels
  bool zero_line = false;  ///< a stronger line at 0

  /// Empty when there is nothing to draw.
  Chart chart() const;
};

/// The least and the greatest finite value of all lines and their ranges; false when there is none.
bool extremes(const std::vector<ChartLine>& lines, double& low, double& high);

}  // namespace ctt::report
