#include "report/share_bars.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "report/number_form.h"

namespace ctt::report {

namespace {

constexpr double kRow = 62;
constexpr double kBarTop = 24;
constexpr double kBar = 28;
constexpr double kNamedShare = 0.24;   // of the bar: room for `undecided 17` on a phone
constexpr double kNumberShare = 0.07;  // room for the number alone

double total(const ShareBars::Row& row) {
  return std::accumulate(row.parts.begin(), row.parts.end(), 0.0,
                         [](double sum, const auto& part) { return sum + part.count; });
}

std::string parts_of(const ShareBars::Row& row, double top) {
  std::string text;
  double from = 0;
  for (const auto& part : row.parts) {
    if (!(part.count > 0)) continue;
    const double share = part.count / total(row);
    const std::string number = shown(part.count, NumberForm::count);
    text += svg_rect(100 * from, top + kBarTop, 100 * share, kBar, "part " + part.css_class,
                     fmt::format("{}: {} {}", row.label, number, part.name));
    if (share >= kNumberShare) {
      text += svg_text(100 * (from + share / 2), top + kBarTop + 18.5, "figure middle",
                       share >= kNamedShare ? part.name + " " + number : number);
    }
    from += share;
  }
  return text;
}

}  // namespace

Chart ShareBars::chart() const {
  if (std::ranges::none_of(rows, [](const auto& row) { return total(row) > 0; })) return {};
  std::string body;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double top = kRow * static_cast<double>(i);
    body += svg_text(0, top + 16, "row-name", rows[i].label);
    body += svg_text(100, top + 16, "tick end", rows[i].note);
    if (total(rows[i]) > 0) body += parts_of(rows[i], top);
  }
  const double height = kRow * static_cast<double>(rows.size());
  return {name, title, summary, PlotMargins::none, height, body};
}

}  // namespace ctt::report
