#include <algorithm>

#include <fmt/format.h>

#include "report/number_form.h"
#include "report/sections.h"
#include "report/verdict_words.h"

namespace ctt::report {

namespace {

using Point = ReportDocument::Point;

std::vector<std::string> row_of(const ReportDocument& document, const Point& point) {
  const bool best = point.number == document.grid->best_point;
  std::vector<std::string> row{fmt::format("{}{}", point.number, best ? " best" : "")};
  for (const auto& [key, value] : document.points.front().vary) {
    const auto found =
        std::ranges::find_if(point.vary, [&name = key](const auto& word) { return word.first == name; });
    row.push_back(found == point.vary.end() ? "" : escaped(found->second));
  }
  const auto comparison =
      std::ranges::find_if(point.comparisons, [&](const auto& of) { return of.arm == document.grid->arm; });
  const bool compared = comparison != point.comparisons.end();
  row.push_back(compared ? escaped(verdict_with_sign(comparison->verdict)) : "");
  const auto arm =
      std::ranges::find_if(point.arms, [&](const auto& a) { return a.name == document.grid->arm; });
  const auto metric = [&](const char* key) {
    if (arm == point.arms.end()) return ReportDocument::Number();
    const auto found = arm->median.find(key);
    return found == arm->median.end() ? ReportDocument::Number() : found->second;
  };
  row.push_back(exact(point.slots, NumberForm::count));
  row.push_back(exact(metric("net_return_pct"), NumberForm::change));
  row.push_back(exact(metric("sharpe"), NumberForm::ratio));
  row.push_back(exact(metric("max_drawdown_pct"), NumberForm::percent));
  row.push_back(compared ? exact(comparison->mean_pct, NumberForm::change) +
                               exact_range(comparison->low_pct, comparison->high_pct, NumberForm::change)
                         : exact({}, NumberForm::change));
  return row;
}

HtmlTable points_table(const ReportDocument& document) {
  HtmlTable table{.label = "Points of the grid", .head = {"point"}, .rows = {}};
  for (const auto& [key, value] : document.points.front().vary) table.head.push_back(escaped(key));
  table.head.emplace_back("verdict");
  table.text_columns = table.head.size();
  for (const auto* heading : {"slots", "net return", "Sharpe ratio", "largest drawdown"})
    table.head.emplace_back(heading);
  const auto& comparisons = document.points.front().comparisons;
  const auto first =
      std::ranges::find_if(comparisons, [&](const auto& of) { return of.arm == document.grid->arm; });
  table.head.push_back(first == comparisons.end() ? "difference a year"
                                                  : "against " + escaped(first->against) + ", a year");
  for (const auto& point : document.points) table.rows.push_back(row_of(document, point));
  return table;
}

std::string belief(const ReportDocument::Grid& grid) {
  HtmlTable table{.label = "How far the best point can be believed",
                  .head = {"test", "result", "what it says"},
                  .rows = {}};
  table.text_columns = 3;
  table.rows.push_back({"trials on these bars", exact(grid.trials, NumberForm::count),
                        "settings tried so far, earlier replays included"});
  table.rows.push_back(
      {"overfitting probability", exact(grid.overfitting_probability, NumberForm::probability),
       "how often the point that is best in one half of the bars is in the lower half of the points "
       "in the other; 0.5 is what picking blindly gives"});
  table.rows.push_back(
      {"superior predictive ability, p", exact(grid.superior_predictive_ability_p, NumberForm::probability),
       "how often the best of points that are no better than the benchmark would look this good"});
  return table.html();
}

std::string best_words(const ReportDocument& document) {
  for (const auto& point : document.points) {
    if (point.number != document.grid->best_point) continue;
    return fmt::format("The best one, point {} ({}), was picked after the fact, so its numbers flatter it.",
                       point.number, point_name(point));
  }
  return "";
}

}  // namespace

std::string point_name(const Point& point) {
  std::string name;
  for (const auto& [key, value] : point.vary) name += (name.empty() ? "" : ", ") + key + " " + value;
  return name.empty() ? fmt::format("point {}", point.number) : name;
}

HtmlSection grid_section(const ReportDocument& document) {
  HtmlSection section{.id = "grid", .heading = "Grid", .kind = "wide long", .body = {}};
  if (!document.grid) return section;
  section.body =
      paragraph(fmt::format("{} points, by the median of {}. The sections above are those of point {} ({}), "
                            "which the sentence is about. {}",
                            document.points.size(), document.grid->arm, document.main_point().number,
                            point_name(document.main_point()), best_words(document)),
                "note");
  section.body += belief(*document.grid) + points_table(document).html();
  return section;
}

}  // namespace ctt::report
