#include "cmd/demo/equity_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cmd/shell/braille_canvas.h"

namespace ctt::cmd {

namespace {

// A round step of 1, 2 or 5 times a power of ten that cuts `range` into about `parts`.
double round_step(double range, int parts) {
  const double raw = range / parts;
  const double magnitude = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * magnitude >= raw) return factor * magnitude;
  }
  return 10 * magnitude;
}

struct ValueRange {
  double low;
  double high;
  double place(double value) const { return (value - low) / (high - low); }  // 0 at the bottom, 1 at the top
};

ValueRange range_of(const EquityCurve& curve, bool with_hold) {
  ValueRange range{curve.points.front().equity, curve.points.front().equity};
  for (const auto& point : curve.points) {
    range.low = std::min({range.low, point.equity, with_hold ? point.hold : point.equity});
    range.high = std::max({range.high, point.equity, with_hold ? point.hold : point.equity});
  }
  const double margin = std::max((range.high - range.low) * 0.05, std::abs(range.high) * 1e-6);
  return {range.low - margin, range.high + margin};
}

// `^v2` under each swap; marks that would overlap are left out of the line, not moved.
std::string mark_line(const EquityCurve& curve, std::size_t columns) {
  std::string line(columns, ' ');
  std::size_t free_from = 0;
  for (const auto index : curve.swaps()) {
    const std::string mark = fmt::format("^v{}", curve.points[index].model_version);
    const std::size_t at = index * (columns - 1) / std::max<std::size_t>(1, curve.points.size() - 1);
    if (at < free_from || at + mark.size() > columns) continue;
    line.replace(at, mark.size(), mark);
    free_from = at + mark.size() + 1;
  }
  return line;
}

constexpr int kWidth = 960;
constexpr int kHeight = 440;
constexpr int kLeft = 76;
constexpr int kRight = 24;
constexpr int kTop = 64;
constexpr int kBottom = 48;

double x_of(const EquityCurve& curve, std::size_t index) {
  return kLeft + (kWidth - kLeft - kRight) * static_cast<double>(index) /
                     static_cast<double>(std::max<std::size_t>(1, curve.points.size() - 1));
}

double y_of(const ValueRange& range, double value) {
  return kTop + (kHeight - kTop - kBottom) * (1 - range.place(value));
}

std::string polyline(const EquityCurve& curve, const ValueRange& range, double EquityCurve::Point::*value,
                     const char* kind) {
  std::string points;
  for (std::size_t i = 0; i < curve.points.size(); ++i) {
    points += fmt::format("{:.1f},{:.1f} ", x_of(curve, i), y_of(range, curve.points[i].*value));
  }
  return fmt::format("<polyline class=\"{}\" points=\"{}\"/>\n", kind, points);
}

std::string grid(const ValueRange& range) {
  std::string text;
  const double step = round_step(range.high - range.low, 5);
  for (double level = std::ceil(range.low / step) * step; level <= range.high; level += step) {
    const double y = y_of(range, level);
    text += fmt::format("<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", kLeft,
                        kWidth - kRight, y, y);
    text += fmt::format("<text class=\"end\" x=\"{}\" y=\"{:.1f}\">{}</text>\n", kLeft - 10, y + 4,
                        grouped(std::llround(level)));
  }
  return text;
}

std::string swap_marks(const EquityCurve& curve) {
  std::string text;
  for (const auto index : curve.swaps()) {
    const double x = x_of(curve, index);
    text += fmt::format("<line class=\"swap\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>", x, kTop,
                        kHeight - kBottom);
    text += fmt::format("<text class=\"swap-name\" x=\"{:.1f}\" y=\"{}\">v{}</text>\n", x + 5, kTop + 12,
                        curve.points[index].model_version);
  }
  return text;
}

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '<')
      safe += "&lt;";
    else if (c == '&')
      safe += "&amp;";
    else
      safe += c;
  }
  return safe;
}

// Plain colours first: not every viewer of SVG knows variables or media queries.
constexpr std::string_view kStyle = R"(<style>
.paper{fill:#fff}text{font:12px system-ui,"DejaVu Sans",sans-serif;fill:#6b7686;font-variant-numeric:tabular-nums}
.title{font-size:17px;font-weight:600;fill:#1c2430}.end{text-anchor:end}
.grid{stroke:#e3e7ed}polyline{fill:none;stroke-width:1.8;stroke-linejoin:round}
.equity{stroke:#0b6e99}.hold{stroke:#a3acb9;stroke-width:1.2}.equity-name{fill:#0b6e99;font-weight:600}
.swap{stroke:#c2571a;stroke-dasharray:3 4}.swap-name{fill:#c2571a;font-weight:600}
@media (prefers-color-scheme:dark){.paper{fill:#12161c}text{fill:#93a0b2}.title{fill:#e8ecf2}.grid{stroke:#2a323d}
.equity{stroke:#4fb3dd}.equity-name{fill:#4fb3dd}.hold{stroke:#5f6b7b}.swap{stroke:#f08a4b}.swap-name{fill:#f08a4b}}
</style>
<rect class="paper" width="100%" height="100%"/>
)";

}  // namespace

std::vector<std::size_t> EquityCurve::swaps() const {
  std::vector<std::size_t> indices;
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i].model_version != points[i - 1].model_version) indices.push_back(i);
  }
  return indices;
}

std::string draw(const EquityCurve& curve, const Terminal& terminal, std::size_t rows) {
  if (curve.points.empty()) return "";
  constexpr std::size_t kLabel = 11;
  const std::size_t columns = std::clamp<std::size_t>(terminal.width(), 40, 110) - kLabel - 1;
  const auto range = range_of(curve, false);
  BrailleCanvas canvas(columns, rows);
  std::size_t before = 0;
  for (std::size_t x = 0; x < canvas.width(); ++x) {
    const std::size_t index = x * (curve.points.size() - 1) / (canvas.width() - 1);
    const double place = range.place(curve.points[index].equity);
    const auto y = static_cast<std::size_t>((1 - place) * static_cast<double>(canvas.height() - 1));
    canvas.column(x, x == 0 ? y : before, y);
    before = y;
  }
  std::string text;
  for (std::size_t row = 0; row < rows; ++row) {
    std::string label;
    if (row == 0) label = grouped(std::llround(range.high));
    if (row == rows - 1) label = grouped(std::llround(range.low));
    text += fmt::format("{:>{}} {}\n", label, kLabel - 1, terminal.paint(Style::accent, canvas.row(row)));
  }
  text += std::string(kLabel, ' ') + terminal.paint(Style::warning, mark_line(curve, columns)) + "\n";
  return text;
}

std::string svg(const EquityCurve& curve) {
  if (curve.points.empty()) return "";
  const auto range = range_of(curve, true);
  const auto& first = curve.points.front();
  const auto& last = curve.points.back();
  const double result = 100 * (last.equity / first.equity - 1);
  const double held = 100 * (last.hold / first.equity - 1);
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "role=\"img\">\n",
      kWidth, kHeight);
  text += fmt::format("<title>{}: {} against holding {}</title>\n", escaped(curve.title), signed_pct(result),
                      signed_pct(held));
  text += kStyle;
  text += fmt::format("<text class=\"title\" x=\"{}\" y=\"28\">{}</text>\n", kLeft, escaped(curve.title));
  text += fmt::format(
      "<text x=\"{}\" y=\"48\"><tspan class=\"equity-name\">equity {}</tspan><tspan dx=\"14\">holding "
      "{}</tspan>"
      "<tspan class=\"swap-name\" dx=\"14\">{} model swaps between two bars</tspan></text>\n",
      kLeft, signed_pct(result), signed_pct(held), curve.swaps().size());
  text += grid(range) + polyline(curve, range, &EquityCurve::Point::hold, "hold") +
          polyline(curve, range, &EquityCurve::Point::equity, "equity");
  text += swap_marks(curve);
  text +=
      fmt::format("<text x=\"{}\" y=\"{}\">{} UTC</text>", kLeft, kHeight - 18, base::to_minute(first.at));
  text += fmt::format("<text class=\"end\" x=\"{}\" y=\"{}\">{} UTC</text>\n</svg>\n", kWidth - kRight,
                      kHeight - 18, base::to_minute(last.at));
  return text;
}

}  // namespace ctt::cmd
