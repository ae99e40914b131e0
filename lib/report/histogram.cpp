#include "report/histogram.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "report/number_form.h"

namespace ctt::report {

namespace {

constexpr double kRow = 84;
constexpr double kNameHeight = 22;
constexpr double kBarHeight = kRow - kNameHeight - 6;
constexpr double kBottom = 28;

double total(const Histogram::Row& row) { return std::accumulate(row.counts.begin(), row.counts.end(), 0.0); }

double largest_share(const Histogram& histogram) {
  double largest = 0;
  for (const auto& row : histogram.rows) {
    for (const double count : row.counts)
      largest = std::max(largest, total(row) > 0 ? count / total(row) : 0);
  }
  return largest;
}

// Edges are multiples of a round step: digits beyond those are what a double made of them.
std::string edge_label(double edge) {
  return (edge > 0 ? "+" : edge < 0 ? "\u2212" : "") + fmt::format("{:.6g}", std::abs(edge));
}

std::string bars_of(const Histogram& histogram, const Histogram::Row& row, double bottom, double largest) {
  std::string text;
  const double width = 100 / static_cast<double>(row.counts.size());
  for (std::size_t i = 0; i < row.counts.size(); ++i) {
    if (!(row.counts[i] > 0)) continue;
    const double height = std::max(1.0, kBarHeight * row.counts[i] / total(row) / largest);
    text += svg_rect(
        (static_cast<double>(i) + 0.06) * width, bottom - height, 0.88 * width, height,
        "bar " + row.css_class,
        fmt::format("{}: {} between {} and {}\u00A0%", row.label, shown(row.counts[i], NumberForm::count),
                    edge_label(histogram.edges[i]), edge_label(histogram.edges[i + 1])));
  }
  return text;
}

// Ticks at the edges; where there is little room, one in so many that 0 stays.
std::string edge_axis(const std::vector<double>& edges, double height) {
  const auto zero = static_cast<std::size_t>(std::ranges::find(edges, 0.0) - edges.begin());
  const std::size_t stride = edges.size() / 12 + 1;
  const std::size_t tight_stride = edges.size() / 6 + 1;
  const auto meets_zero = [&](std::size_t i, std::size_t step) { return i % step == zero % step; };
  std::string text;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (!meets_zero(i, stride) && !meets_zero(i, tight_stride)) continue;
    const double x = 100 * static_cast<double>(i) / static_cast<double>(edges.size() - 1);
    if (i == zero) text += svg_line(x, 0, x, height, "zero");
    text += svg_line(x, height, x, height + 5, "axis");
    const std::string label = edge_label(edges[i]) + (i == zero ? "\u00A0%" : "");
    if (meets_zero(i, stride)) text += svg_text(x, height + 20, "tick middle roomy", label);
    if (meets_zero(i, tight_stride)) text += svg_text(x, height + 20, "tick middle tight", label);
  }
  return text;
}

}  // namespace

Chart Histogram::chart() const {
  const double largest = largest_share(*this);
  if (edges.size() < 2 || !(largest > 0)) return {};
  const double height = kRow * static_cast<double>(rows.size());
  std::string body = edge_axis(edges, height);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double top = kRow * static_cast<double>(i);
    body += svg_text(0, top + 16, "row-name", rows[i].label);
    body += svg_text(100, top + 16, "tick end", rows[i].note);
    body += bars_of(*this, rows[i], top + kRow, largest);
    body += svg_line(0, top + kRow, 100, top + kRow, "axis");
  }
  return {name, title, summary, PlotMargins::none, height + kBottom, body};
}

}  // namespace ctt::report
