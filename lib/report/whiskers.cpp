#include "report/whiskers.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/axis.h"
#include "report/html.h"

namespace ctt::report {

namespace {

constexpr double kRow = 46;
constexpr double kMark = 31;  // of a row, px below its top
constexpr double kBottom = 26;

std::string row_of(const Whisker& row, double top, const AxisScale& scale) {
  const auto x = [&](double value) { return 100 * scale.place(value); };
  std::string text = svg_text(0, top + 16, "row-name", row.label);
  text += fmt::format("<text class=\"tick end\" x=\"100%\" y=\"{}\">{}", tenth(top + 16), escaped(row.note));
  if (!row.more.empty()) text += fmt::format("<tspan class=\"roomy\">{}</tspan>", escaped(row.more));
  text += "</text>\n";
  const double y = top + kMark;
  if (row.low && row.high) {
    text += svg_line(x(*row.low), y, x(*row.high), y, "whisker " + row.css_class);
    for (const double end : {*row.low, *row.high}) {
      text += svg_line(x(end), y - 5, x(end), y + 5, "whisker " + row.css_class);
    }
  }
  if (row.middle) {
    text += fmt::format("<circle class=\"dot {}\" cx=\"{}%\" cy=\"{}\" r=\"4.5\"/>\n", row.css_class,
                        hundredth(x(*row.middle)), tenth(y));
  }
  return text;
}

bool has_value(const Whisker& row) { return row.middle || (row.low && row.high); }

AxisScale scale_of(const WhiskerChart& chart) {
  double low = 0;
  double high = 0;
  const auto take = [&](const std::optional<double>& value) {
    low = std::min(low, value.value_or(0));
    high = std::max(high, value.value_or(0));
  };
  for (const auto& row : chart.rows) {
    for (const auto& value : {row.low, row.middle, row.high}) take(value);
  }
  take(chart.shade_low);
  take(chart.shade_high);
  return change_scale(low, high);
}

std::string value_axis(const AxisScale& scale, double height) {
  std::string text;
  const auto ticks = round_ticks(scale, 8, "\u00A0%");
  const auto zero = std::ranges::find_if(ticks, [](const auto& tick) { return std::abs(tick.at) < 1e-9; });
  const auto zero_at = zero - ticks.begin();
  for (std::ptrdiff_t i = 0; i < std::ssize(ticks); ++i) {
    const double x = 100 * scale.place(ticks[static_cast<std::size_t>(i)].at);
    text += svg_line(x, 0, x, height, i == zero_at ? "zero" : "grid");
    text += svg_text(x, height + 18, (i - zero_at) % 2 == 0 ? "tick middle" : "tick middle roomy",
                     ticks[static_cast<std::size_t>(i)].label);
  }
  return text;
}

}  // namespace

Chart WhiskerChart::chart() const {
  if (std::ranges::none_of(rows, has_value)) return {};
  const auto scale = scale_of(*this);
  const double height = kRow * static_cast<double>(rows.size());
  std::string body;
  if (shade_low && shade_high) {
    const double from = 100 * scale.place(*shade_low);
    body += svg_rect(from, 0, 100 * scale.place(*shade_high) - from, height, "shade");
  }
  body += value_axis(scale, height);
  for (std::size_t i = 0; i < rows.size(); ++i) body += row_of(rows[i], kRow * static_cast<double>(i), scale);
  return {name, title, summary, PlotMargins::none, height + kBottom, body};
}

}  // namespace ctt::report
