#include "report/heat_map.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/number_form.h"

namespace ctt::report {

namespace {

constexpr double kHead = 24;
constexpr double kRow = 24;
constexpr double kGroup = 26;
constexpr int kTints = 5;

double largest_of(const HeatMap& map) {
  double largest = 0;
  for (const auto& row : map.rows) {
    for (const auto& cell : row.cells) largest = std::max(largest, std::abs(cell.value_or(0)));
  }
  return largest;
}

std::string without_unit(const std::string& text) { return text.substr(0, text.find("\u00A0")); }

std::string cell_of(double x, double y, double width, double value, double largest,
                    const std::string& title) {
  std::string text =
      svg_rect(x + width * 0.02, y + 1, width * 0.96, kRow - 2, "cell " + tint(value, largest), title);
  const double middle = x + width / 2;
  text += svg_text(middle, y + 16.5, "figure middle roomy", without_unit(shown(value, NumberForm::change)));
  text += svg_text(middle, y + 16.5, "figure middle tight", shown(value, NumberForm::count));
  return text;
}

}  // namespace

std::string tint(double value, double largest) {
  if (value == 0 || !(largest > 0)) return "";
  const int strength = std::clamp(static_cast<int>(std::ceil(std::abs(value) / largest * kTints)), 1, kTints);
  return fmt::format("{}{}", value > 0 ? "gain" : "loss", strength);
}

Chart HeatMap::chart() const {
  const double largest = largest_of(*this);
  if (rows.empty() || columns.empty()) return {};
  const double width = 100 / static_cast<double>(columns.size());
  std::string body;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const double x = (static_cast<double>(i) + 0.5) * width;
    body += svg_text(x, 14, "tick middle roomy", columns[i]) +
            svg_text(x, 14, "tick middle tight", columns[i].substr(0, 1));
  }
  double y = kHead;
  std::string group;
  for (const auto& row : rows) {
    if (row.group != group) {
      body += svg_text(0, y + 17, "row-name", row.group, " dx=\"-40\"");
      y += kGroup;
    }
    group = row.group;
    body += svg_text(0, y + 16.5, "tick end", row.label, " dx=\"-6\"");
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (!row.cells[i]) continue;
      body += cell_of(static_cast<double>(i) * width, y, width, *row.cells[i], largest,
                      fmt::format("{}, {} {}: {}", row.group, columns[i], row.label,
                                  shown(*row.cells[i], NumberForm::change)));
    }
    y += kRow;
  }
  return {name, title, summary, PlotMargins::labels, y + 4, body};
}

}  // namespace ctt::report
