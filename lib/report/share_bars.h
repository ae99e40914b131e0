#pragma once

#include <string>
#include <vector>

#include "report/chart.h"

namespace ctt::report {

/// What several groups consist of: bars of one length, cut by shares. Parts too small for their name keep
/// it for who points at them.
struct ShareBars {
  struct Part {
    std::string name, css_class;
    double count = 0;
  };
  struct Row {
    std::string label, note;
    std::vector<Part> parts;
  };

  std::string name, title, summary;
  std::vector<Row> rows;

  /// Empty when nothing was counted.
  Chart chart() const;
};

}  // namespace ctt::report
