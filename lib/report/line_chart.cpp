#include "report/line_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/date_axis.h"
#include "report/end_labels.h"

namespace ctt::report {

namespace {

constexpr double kPlotHeight = 280;
constexpr double kBottom = 30;
constexpr std::size_t kBandPlaces = 200;  // about: a range is drawn through fewer places than its line

// Where the chart's values stand, in tenths of px.
class Placement {
 public:
  explicit Placement(const LineChart& chart) : chart_(chart) {}

  double x_share(double time) const {
    const double first = chart_.times.front();
    const double last = chart_.times.back();
    return last > first ? (time - first) / (last - first) : 0.5;
  }
  double y(double value) const { return kPlotHeight * (1 - chart_.scale.place(value)); }

  CurvePlace place(std::size_t i, double value) const {
    return {std::lround(x_share(chart_.times[i]) * plot_width(PlotMargins::curve) * 10),
            std::lround(y(value) * 10)};
  }

 private:
  const LineChart& chart_;
};

std::string line_path(const Placement& placement, const ChartLine& line) {
  std::string data;
  std::vector<CurvePlace> piece;
  for (std::size_t i = 0; i <= line.values.size(); ++i) {
    if (i < line.values.size() && std::isfinite(line.values[i])) {
      piece.push_back(placement.place(i, line.values[i]));
    } else {
      data += path_data(piece);
      piece.clear();
    }
  }
  return data.empty() ? "" : fmt::format("<path class=\"line {}\" d=\"{}\"/>\n", line.css_class, data);
}

// The outline of [low, high]: neighbouring instants are taken together by their extremes, so that what is
// drawn is never narrower than what is said.
std::string band_path(const Placement& placement, const ChartLine& line) {
  const std::size_t size = std::min(line.low.size(), line.high.size());
  const std::size_t stride = size / kBandPlaces + 1;
  std::vector<CurvePlace> upper;
  std::vector<CurvePlace> lower;
  std::string data;
  bool wide = false;
  const auto close = [&] {
    if (upper.size() > 1) {
      upper.insert(upper.end(), lower.rbegin(), lower.rend());
      data += path_data(upper) + "z";
    }
    upper.clear();
    lower.clear();
  };
  for (std::size_t i = 0; i < size; i += stride) {
    const std::size_t end = std::min(i + stride, size);
    if (!std::isfinite(line.low[i]) || !std::isfinite(line.high[i])) {
      close();
      continue;
    }
    double low = line.low[i];
    double high = line.high[i];
    for (std::size_t k = i + 1; k < end; ++k) {
      if (std::isfinite(line.low[k])) low = std::min(low, line.low[k]);
      if (std::isfinite(line.high[k])) high = std::max(high, line.high[k]);
    }
    const std::size_t at = end == size ? size - 1 : i;
    wide = wide || line.high[i] > line.low[i];
    upper.push_back(placement.place(at, high));
    lower.push_back(placement.place(at, low));
  }
  close();
  return data.empty() || !wide ? ""
                               : fmt::format("<path class=\"band {}\" d=\"{}\"/>\n", line.css_class, data);
}

std::string value_axis(const LineChart& chart, const Placement& placement) {
  std::string text;
  for (const auto& tick : round_ticks(chart.scale, 6, chart.suffix)) {
    const double y = placement.y(tick.at);
    text += svg_line(0, y, 100, y, chart.zero_line && std::abs(tick.at) < 1e-9 ? "zero" : "grid");
    text += svg_text(0, y + 4, "tick end", tick.label, " dx=\"-8\"");
  }
  return text;
}

std::string time_axis(const LineChart& chart, const Placement& placement) {
  const auto ticks = date_ticks(chart.times.front(), chart.times.back(), 9);
  std::size_t years_from = 0;  // a tick that names its year stays where there is little room
  while (years_from < ticks.size() && ticks[years_from].label.size() != 4) ++years_from;
  if (years_from == ticks.size()) years_from = 0;
  std::string text;
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    const double x = 100 * placement.x_share(ticks[i].at);
    const bool kept = ticks.size() < 5 || i % 3 == years_from % 3;
    text += svg_line(x, kPlotHeight, x, kPlotHeight + 5, "axis");
    text += svg_text(x, kPlotHeight + 20, kept ? "tick middle" : "tick middle roomy", ticks[i].label);
  }
  return text + svg_line(0, kPlotHeight, 100, kPlotHeight, "axis");
}

std::vector<EndLabel> labels_of(const LineChart& chart, const Placement& placement) {
  std::vector<EndLabel> labels;
  for (const auto& line : chart.lines) {
    const auto last =
        std::find_if(line.values.rbegin(), line.values.rend(), [](double v) { return std::isfinite(v); });
    if (last == line.values.rend()) continue;
    labels.push_back({placement.y(*last), line.name, line.end_label, line.css_class});
  }
  return labels;
}

}  // namespace

bool extremes(const std::vector<ChartLine>& lines, double& low, double& high) {
  bool found = false;
  for (const auto& line : lines) {
    for (const auto* series : {&line.values, &line.low, &line.high}) {
      for (const double value : *series) {
        if (!std::isfinite(value)) continue;
        low = found ? std::min(low, value) : value;
        high = found ? std::max(high, value) : value;
        found = true;
      }
    }
  }
  return found;
}

Chart LineChart::chart() const {
  double low = 0;
  double high = 0;
  if (times.size() < 2 || !extremes(lines, low, high)) return {};
  const Placement placement(*this);
  std::string curves;
  for (const auto& line : lines) curves += band_path(placement, line);
  for (const auto& line : lines) curves += line_path(placement, line);
  const std::string body = value_axis(*this, placement) + time_axis(*this, placement) +
                           curve_area(PlotMargins::curve, kPlotHeight, curves) +
                           end_labels(labels_of(*this, placement), kPlotHeight);
  return {name, title, summary, PlotMargins::curve, kPlotHeight + kBottom, body};
}

}  // namespace ctt::report
