#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::report {

constexpr double kChartWidth = 900;

/// Where a chart's marks stand between its labels.
enum class PlotMargins {
  curve,   ///< ticks to the left, names to the right
  labels,  ///< names to the left
  none,
};

/// A picture of the report: SVG elements, and what they say in words.
///
/// x is per cent of the plot, which is what the margins leave, and y is px, so letters keep their size on
/// every screen; only curves are stretched (`curve_area`). Colours are CSS classes of `chart_style()`.
struct Chart {
  std::string name;     ///< `equity`: of the file and the anchor
  std::string title;    ///< plain text
  std::string summary;  ///< the numbers that matter, plain text
  PlotMargins margins = PlotMargins::none;
  double height = 0;  ///< px, labels below the plot included
  std::string body;   ///< SVG

  bool empty() const { return body.empty(); }

  /// For a page whose style sheet has `chart_style()`: as wide as its place.
  std::string inline_svg() const;
  /// A file of its own, `kChartWidth` px wide, in the colours of the reader's system.
  std::string standalone_svg() const;
};

/// The plot's width in a chart of kChartWidth, px.
double plot_width(PlotMargins margins);

/// Inside a plot: coordinates 0 .. 10 * plot_width and 0 .. 10 * height, stretched to the plot's size
/// without their lines growing thicker.
std::string curve_area(PlotMargins margins, double height, const std::string& body);

/// Text at x per cent and y px. Plain text; `more` holds further attributes.
std::string svg_text(double x_pct, double y, std::string_view css_class, std::string_view text,
                     std::string_view more = "");

/// A line between two places, x in per cent and y in px.
std::string svg_line(double x1_pct, double y1, double x2_pct, double y2, std::string_view css_class);

/// A rectangle, x and width in per cent, y and height in px, with what it says when pointed at.
std::string svg_rect(double x_pct, double y, double width_pct, double height, std::string_view css_class,
                     std::string_view title = "");

/// A coordinate with one or two decimals, without zeros that say nothing.
std::string tenth(double number);
std::string hundredth(double number);

struct CurvePlace {
  long x = 0, y = 0;  ///< tenths of px
};
/// Path data through the places, relative to each other: about five bytes for each.
std::string path_data(std::span<const CurvePlace> places);

/// The CSS class that gives an arm its colour: the arm's name for those ctt knows, one of `other0` ..
/// `other3` for others, the same for the same name.
std::string arm_class(std::string_view arm);

}  // namespace ctt::report
