#include "report/curve_charts.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/line_chart.h"
#include "report/number_form.h"

namespace ctt::report {

namespace {

using Point = ReportDocument::Point;

ReportDocument::Number median_metric(const Point& point, const std::string& arm, std::string_view metric) {
  for (const auto& candidate : point.arms) {
    if (candidate.name != arm) continue;
    const auto found = candidate.median.find(metric);
    if (found != candidate.median.end()) return found->second;
  }
  return {};
}

std::string end_label(const Point& point, const std::string& arm, std::string_view metric, NumberForm form) {
  const auto number = median_metric(point, arm, metric);
  return number ? shown(*number, form) : "";
}

std::string summary_of(const std::vector<ChartLine>& lines) {
  std::string summary;
  for (const auto& line : lines) {
    summary +=
        (summary.empty() ? "" : ", ") + line.name + (line.end_label.empty() ? "" : " " + line.end_label);
  }
  return summary;
}

}  // namespace

Chart equity_chart(const Point& point) {
  LineChart chart;
  chart.name = "equity";
  chart.title = "Equity of all arms";
  chart.times = point.times;
  for (const auto& curve : point.curves) {
    chart.lines.push_back({.name = curve.arm,
                           .end_label = end_label(point, curve.arm, "net_return_pct", NumberForm::change),
                           .css_class = arm_class(curve.arm),
                           .values = curve.median,
                           .low = curve.low,
                           .high = curve.high});
  }
  double low = 0;
  double high = 0;
  if (!extremes(chart.lines, low, high)) return {};
  chart.scale = equity_scale(low, high);
  if (chart.scale.logarithmic) chart.title += " (logarithmic scale)";
  chart.summary = "net return " + summary_of(chart.lines);
  return chart.chart();
}

Chart drawdown_chart(const Point& point) {
  LineChart chart;
  chart.name = "drawdown";
  chart.title = "Drawdown";
  chart.times = point.times;
  for (const auto& curve : point.curves) {
    chart.lines.push_back({.name = curve.arm,
                           .end_label = end_label(point, curve.arm, "max_drawdown_pct", NumberForm::percent),
                           .css_class = arm_class(curve.arm),
                           .values = curve.drawdown_pct,
                           .low = {},
                           .high = {}});
  }
  double low = 0;
  double high = 0;
  if (!extremes(chart.lines, low, high)) return {};
  chart.scale = change_scale(low, high);
  chart.suffix = "\u00A0%";
  chart.zero_line = true;
  chart.summary = "largest " + summary_of(chart.lines);
  return chart.chart();
}

Chart difference_chart(const Point& point) {
  if (!point.difference) return {};
  const auto& of = *point.difference;
  LineChart chart;
  chart.name = "difference";
  chart.title = fmt::format("{} against {}, rolling", of.arm, of.against);
  chart.times = point.times;
  chart.suffix = "\u00A0%";
  chart.zero_line = true;
  chart.lines.push_back({.name = of.arm,
                         .end_label = {},
                         .css_class = arm_class(of.arm),
                         .values = of.mean_pct,
                         .low = of.low_pct,
                         .high = of.high_pct});
  double low = 0;
  double high = 0;
  if (!extremes(chart.lines, low, high)) return {};
  chart.scale = change_scale(low, high);
  const auto last =
      std::find_if(of.mean_pct.rbegin(), of.mean_pct.rend(), [](double v) { return std::isfinite(v); });
  if (last != of.mean_pct.rend()) {
    chart.lines.front().end_label = shown(*last, NumberForm::change);
    chart.summary = "at the end " + shown(*last, NumberForm::change) + " a year";
  }
  return chart.chart();
}

}  // namespace ctt::report
