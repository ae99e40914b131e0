#include "report/chart.h"

#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "report/html.h"
#include "report/style.h"

namespace ctt::report {

namespace {

struct Margins {
  std::string_view css_class;
  double left, right;  // px, as the style sheet has them for charts that are wide enough
};

Margins margins_of(PlotMargins margins) {
  switch (margins) {
    case PlotMargins::curve:
      return {"plot-curve", 64, 140};
    case PlotMargins::labels:
      return {"plot-labels", 44, 10};
    case PlotMargins::none:
      break;
  }
  return {"plot-full", 16, 16};
}

}  // namespace

// In a page the style sheet gives the plot its margins, and the picture's labels stand in them.
std::string Chart::inline_svg() const {
  return fmt::format(
      "<figure><svg class=\"chart {}\" data-chart=\"{}\" role=\"img\" aria-label=\"{}\" height=\"{}\">\n"
      "<title>{}</title>\n{}</svg></figure>\n",
      margins_of(margins).css_class, name, escaped(title + ": " + summary), tenth(height), escaped(title),
      body);
}

std::string Chart::standalone_svg() const {
  const double head = 34;
  const std::string plot =
      fmt::format("<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" overflow=\"visible\">\n{}</svg>\n",
                  margins_of(margins).left, head, plot_width(margins), tenth(height), body);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" role=\"img\" aria-label=\"{2}\">\n<title>{3}</title>\n<style>{4}</style>\n"
      "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n<text class=\"name\" x=\"12\" "
      "y=\"22\">{3}</text>\n"
      "{5}</svg>\n",
      kChartWidth, tenth(height + head + 4), escaped(title + ": " + summary), escaped(title), chart_style(),
      plot);
}

double plot_width(PlotMargins margins) {
  const auto of = margins_of(margins);
  return kChartWidth - of.left - of.right;
}

std::string curve_area(PlotMargins margins, double height, const std::string& body) {
  return fmt::format(
      "<svg class=\"curves\" width=\"100%\" height=\"{}\" viewBox=\"0 0 {} {}\" "
      "preserveAspectRatio=\"none\">\n{}</svg>\n",
      tenth(height), std::lround(plot_width(margins) * 10), std::lround(height * 10), body);
}

std::string svg_text(double x_pct, double y, std::string_view css_class, std::string_view text,
                     std::string_view more) {
  return fmt::format("<text x=\"{}%\" y=\"{}\"{}{}>{}</text>\n", hundredth(x_pct), tenth(y),
                     css_class.empty() ? "" : fmt::format(" class=\"{}\"", css_class), more, escaped(text));
}

std::string svg_line(double x1_pct, double y1, double x2_pct, double y2, std::string_view css_class) {
  return fmt::format("<line class=\"{}\" x1=\"{}%\" y1=\"{}\" x2=\"{}%\" y2=\"{}\"/>\n", css_class,
                     hundredth(x1_pct), tenth(y1), hundredth(x2_pct), tenth(y2));
}

std::string svg_rect(double x_pct, double y, double width_pct, double height, std::string_view css_class,
                     std::string_view title) {
  return fmt::format("<rect class=\"{}\" x=\"{}%\" y=\"{}\" width=\"{}%\" height=\"{}\"{}\n", css_class,
                     hundredth(x_pct), tenth(y), hundredth(width_pct), tenth(height),
                     title.empty() ? "/>" : fmt::format("><title>{}</title></rect>", escaped(title)));
}

std::string tenth(double number) {
  const long tenths = std::lround(number * 10);
  if (tenths % 10 == 0) return fmt::format("{}", tenths / 10);
  return fmt::format("{}{}.{}", tenths < 0 ? "-" : "", std::labs(tenths) / 10, std::labs(tenths) % 10);
}

std::string hundredth(double number) {
  std::string text = fmt::format("{:.2f}", number);
  text.resize(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string path_data(std::span<const CurvePlace> places) {
  if (places.empty()) return "";
  std::string path = fmt::format("M{} {}l", places[0].x, places[0].y);
  for (std::size_t i = 1; i < places.size(); ++i) {
    const long right = places[i].x - places[i - 1].x;
    const long down = places[i].y - places[i - 1].y;
    // A minus sign parts numbers as well as a space does.
    path += fmt::format("{}{}{}{}", i == 1 || right < 0 ? "" : " ", right, down < 0 ? "" : " ", down);
  }
  if (places.size() == 1) path += "0 0";
  return path;
}

std::string arm_class(std::string_view arm) {
  for (const std::string_view known :
       {"never", "always", "gated", "scratch", "placebo", "hold", "flat", "traded", "replayed"}) {
    if (arm == known) return std::string(known);
  }
  unsigned sum = 0;
  for (const char c : arm) sum = sum * 31 + static_cast<unsigned char>(c);
  return fmt::format("other{}", sum % 4);
}

}  // namespace ctt::report
