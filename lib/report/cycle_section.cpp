#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/number_form.h"
#include "report/sections.h"

namespace ctt::report {

namespace {

using CycleLine = ReportDocument::CycleLine;

constexpr std::array kOutcomes{"passed", "rejected", "undecided", "skipped", "failed"};

HtmlTable counts_table(const std::vector<CycleLine>& cycles) {
  HtmlTable table{.label = "Cycles by outcome", .head = {"arm", "cycles"}, .rows = {}};
  for (const auto* outcome : kOutcomes) table.head.emplace_back(outcome);
  table.head.emplace_back("served");
  std::vector<std::string> arms;
  for (const auto& cycle : cycles) {
    if (std::ranges::find(arms, cycle.arm) == arms.end()) arms.push_back(cycle.arm);
  }
  for (const auto& arm : arms) {
    const auto counted = [&](auto matches) {
      return shown(static_cast<double>(std::ranges::count_if(
                       cycles, [&](const auto& cycle) { return cycle.arm == arm && matches(cycle); })),
                   NumberForm::count);
    };
    std::vector<std::string> row{arm_name(arm), counted([](const auto&) { return true; })};
    for (const std::string outcome : kOutcomes) {
      row.push_back(counted([&](const auto& cycle) { return cycle.outcome == outcome; }));
    }
    row.push_back(counted([](const auto& cycle) { return cycle.served; }));
    table.rows.push_back(std::move(row));
  }
  return table;
}

// `2018-01-07 00:00` of `2018-01-07T00:00:00Z`
std::string minute(const std::string& time) {
  std::string text = time.substr(0, 16);
  std::ranges::replace(text, 'T', ' ');
  return escaped(text);
}

std::vector<std::string> row_of(const CycleLine& cycle) {
  return {
      exact(static_cast<double>(cycle.number), NumberForm::count),
      minute(cycle.slot),
      minute(cycle.window_first) + " to " + minute(cycle.window_last),
      escaped(cycle.outcome) +
          (cycle.reason.empty() ? "" : "<span class=\"range reason\">" + escaped(cycle.reason) + "</span>"),
      cycle.served ? "from " + minute(cycle.serves_from) : "no",
      fmt::format("<span class=\"hash\" title=\"{}\">{}</span>", escaped(cycle.sha256),
                  escaped(cycle.sha256.substr(0, 12))),
      exact(cycle.latency_bars, NumberForm::count),
      exact(cycle.oos_pct, NumberForm::change),
      exact(cycle.parent_oos_pct, NumberForm::change)};
}

}  // namespace

HtmlSection cycle_section(const ReportDocument::Point& point) {
  HtmlSection section{.id = "cycles", .heading = "Cycles", .kind = "wide long", .body = {}};
  if (point.cycles.empty()) return section;
  const auto& first = point.cycles.front();
  HtmlTable table{.label = "Cycles of one seed",
                  .head = {"cycle", "slot (UTC)", "window (UTC)", "outcome", "served", "checkpoint",
                           "latency, bars", "held-back bars", "its parent"},
                  .rows = {},
                  .text_columns = 6};
  for (const auto& cycle : point.cycles) {
    if (cycle.arm == first.arm && cycle.seed == first.seed) table.rows.push_back(row_of(cycle));
  }
  const bool seeds = several_seeds(point);
  if (seeds)
    section.body =
        paragraph("Outcomes over all seeds; every cycle of every seed is in the result's document.", "note");
  section.body += counts_table(point.cycles).html();
  section.body +=
      folded(fmt::format("{} cycle{} of {}{}", table.rows.size(), table.rows.size() == 1 ? "" : "s",
                         first.arm, seeds ? fmt::format(", seed {}", first.seed) : ""),
             table.html());
  return section;
}

}  // namespace ctt::report
