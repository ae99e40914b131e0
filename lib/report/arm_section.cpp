#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/number_form.h"
#include "report/sections.h"

namespace ctt::report {

namespace {

using Point = ReportDocument::Point;
using Metrics = ReportDocument::Metrics;

struct MetricColumn {
  std::string_view key, heading;
  NumberForm form;
};

constexpr std::array kFirst{
    MetricColumn{"net_return_pct", "net return", NumberForm::change},
    MetricColumn{"annual_return_pct", "a year", NumberForm::change},
    MetricColumn{"sharpe", "Sharpe ratio", NumberForm::ratio},
    MetricColumn{"max_drawdown_pct", "largest drawdown", NumberForm::percent},
    MetricColumn{"exposure_pct", "exposure", NumberForm::percent},
    MetricColumn{"turnover_a_year", "turnover a year", NumberForm::amount},
    MetricColumn{"trades_a_day", "trades a day", NumberForm::ratio},
    MetricColumn{"hit_rate_pct", "hit rate", NumberForm::percent},
    MetricColumn{"cost_free_return_pct", "return without costs", NumberForm::change},
};

constexpr std::array kOthers{
    MetricColumn{"sortino", "Sortino ratio", NumberForm::ratio},
    MetricColumn{"calmar", "Calmar ratio", NumberForm::ratio},
    MetricColumn{"max_drawdown_days", "longest drawdown, days", NumberForm::amount},
    MetricColumn{"time_in_market_pct", "time in the market", NumberForm::percent},
    MetricColumn{"trades", "trades", NumberForm::count},
    MetricColumn{"profit_per_trade_pct", "profit per trade", NumberForm::change},
    MetricColumn{"swaps", "swaps of the model", NumberForm::count},
    MetricColumn{"passed", "gate: passed", NumberForm::count},
    MetricColumn{"rejected", "gate: rejected", NumberForm::count},
    MetricColumn{"undecided", "gate: undecided", NumberForm::count},
    MetricColumn{"skipped", "slots skipped", NumberForm::count},
    MetricColumn{"failed", "trainings failed", NumberForm::count},
};

ReportDocument::Number number_in(const Metrics& metrics, std::string_view key) {
  const auto found = metrics.find(key);
  return found == metrics.end() ? ReportDocument::Number() : found->second;
}

std::string cell(const ReportDocument::Arm& arm, const MetricColumn& column) {
  std::string text = exact(number_in(arm.median, column.key), column.form);
  const auto low = number_in(arm.lowest, column.key);
  const auto high = number_in(arm.highest, column.key);
  if (low && high && *low < *high) text += exact_range(low, high, column.form);
  return text;
}

HtmlTable first_table(const Point& point) {
  HtmlTable table{.label = "Arms", .head = {"arm"}, .rows = {}};
  for (const auto& column : kFirst) table.head.emplace_back(column.heading);
  for (const auto& arm : point.arms) {
    std::vector<std::string> row{arm_name(arm.name)};
    for (const auto& column : kFirst) row.push_back(cell(arm, column));
    table.rows.push_back(std::move(row));
  }
  return table;
}

HtmlTable other_table(const Point& point) {
  HtmlTable table{.label = "Further metrics of the arms", .head = {"metric"}, .rows = {}};
  for (const auto& arm : point.arms) table.head.push_back(arm_name(arm.name));
  for (const auto& column : kOthers) {
    std::vector<std::string> row{std::string(column.heading)};
    bool any = false;
    for (const auto& arm : point.arms) {
      any = any || number_in(arm.median, column.key);
      row.push_back(cell(arm, column));
    }
    if (any) table.rows.push_back(std::move(row));
  }
  return table;
}

HtmlTable seed_table(const Point& point) {
  HtmlTable table{.label = "Each seed", .head = {"arm", "seed"}, .rows = {}};
  for (const auto& column : kFirst) table.head.emplace_back(column.heading);
  for (const auto& arm : point.arms) {
    for (const auto& seed : arm.seeds) {
      std::vector<std::string> row{arm_name(arm.name),
                                   exact(static_cast<double>(seed.seed), NumberForm::count)};
      for (const auto& column : kFirst)
        row.push_back(exact(number_in(seed.metrics, column.key), column.form));
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

double cost_sum(const Metrics& metrics) {
  double sum = 0;
  for (const auto* key : {"fees", "spread", "slippage"}) sum += number_in(metrics, key).value_or(0);
  return sum;
}

}  // namespace

bool several_seeds(const Point& point) {
  return std::ranges::any_of(point.arms, [](const auto& arm) { return arm.seeds.size() > 1; });
}

HtmlSection arm_section(const Point& point) {
  HtmlSection section{.id = "arms", .heading = "Arms", .kind = "wide long", .body = {}};
  if (point.arms.empty()) return section;
  if (several_seeds(point)) {
    section.body =
        paragraph("The median over the seeds, and below it the lowest to the highest seed.", "note");
  }
  section.body += first_table(point).html() + other_table(point).html();
  const auto seeds = seed_table(point);
  if (several_seeds(point)) section.body += folded("Each seed", seeds.html());
  return section;
}

HtmlSection cost_section(const ReportDocument& document, const Point& point) {
  HtmlSection section{.id = "costs", .heading = "Costs", .kind = "", .body = {}};
  HtmlTable table{.label = "Costs of the arms",
                  .head = {"arm", "fees", "spread", "slippage", "together", "net return", "without costs"},
                  .rows = {}};
  for (const auto& arm : point.arms) {
    if (!number_in(arm.median, "fees")) continue;
    std::vector<std::string> row{arm_name(arm.name)};
    for (const auto* key : {"fees", "spread", "slippage"})
      row.push_back(exact(number_in(arm.median, key), NumberForm::money));
    row.push_back(shown(cost_sum(arm.median), NumberForm::money));
    row.push_back(exact(number_in(arm.median, "net_return_pct"), NumberForm::change));
    row.push_back(exact(number_in(arm.median, "cost_free_return_pct"), NumberForm::change));
    table.rows.push_back(std::move(row));
  }
  if (table.rows.empty()) return section;
  std::string assumed;
  for (const auto* key : {"commission", "half_spread", "slippage", "cash"}) {
    std::string name = key;
    if (name == "half_spread") name = "half-spread";
    if (const auto value = document.setting(key); !value.empty())
      assumed += (assumed.empty() ? "" : ", ") + name + " " + value;
  }
  section.body = paragraph(std::string("What trading cost, in the quote currency") +
                               (several_seeds(point) ? " (medians over the seeds)" : "") +
                               ", and what the same trades would have returned for nothing." +
                               (assumed.empty() ? "" : " Assumed: " + assumed + "."),
                           "note");
  section.body += table.html();
  return section;
}

}  // namespace ctt::report
