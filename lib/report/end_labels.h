#pragma once

#include <string>
#include <vector>

namespace ctt::report {

/// The name of a line, beside its end.
struct EndLabel {
  double y = 0;  ///< px, where the line ends
  std::string name, value, css_class;
};

/// Moves labels apart until neighbours have `gap` px between them, as little as possible, inside of
/// [0, height] as long as there is room. Returns their places in the order given.
std::vector<double> apart(const std::vector<EndLabel>& labels, double gap, double height);

/// Names at the right edge of a plot, each joined to its line's end by a piece in the line's colour.
std::string end_labels(const std::vector<EndLabel>& labels, double height);

}  // namespace ctt::report
