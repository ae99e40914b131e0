#include "report/result_charts.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include <fmt/format.h>

#include "report/heat_map.h"
#include "report/histogram.h"
#include "report/number_form.h"
#include "report/share_bars.h"
#include "report/verdict_words.h"
#include "report/whiskers.h"

namespace ctt::report {

namespace {

using Point = ReportDocument::Point;
using Number = ReportDocument::Number;

std::string joined(const std::vector<Whisker>& rows) {
  std::string text;
  for (const auto& row : rows) text += (text.empty() ? "" : "; ") + row.label + " " + row.note + row.more;
  return text;
}

std::string middle_note(Number middle) { return middle ? shown(*middle, NumberForm::change) : "not defined"; }

// ` (-4.0 % to +9.8 %)`
std::string interval_note(Number low, Number high) {
  if (!low || !high || *low == *high) return "";
  return fmt::format(" ({} to {})", shown(*low, NumberForm::change), shown(*high, NumberForm::change));
}

Number metric(const ReportDocument::Metrics& metrics, std::string_view key) {
  const auto found = metrics.find(key);
  return found == metrics.end() ? Number() : found->second;
}

ShareBars::Row gate_row(std::string label, const ReportDocument::GateCounts& counts) {
  return {.label = std::move(label),
          .note = fmt::format("{} slots", shown(counts.passed + counts.rejected + counts.undecided +
                                                    counts.skipped + counts.failed,
                                                NumberForm::count)),
          .parts = {{"passed", "passed", counts.passed},
                    {"undecided", "undecided", counts.undecided},
                    {"rejected", "rejected", counts.rejected},
                    {"skipped", "skipped", counts.skipped},
                    {"failed", "failed", counts.failed}}};
}

}  // namespace

Chart comparison_chart(const Point& point) {
  WhiskerChart chart{.name = "comparisons",
                     .title = "Differences, per cent a year",
                     .summary = {},
                     .rows = {},
                     .shade_low = {},
                     .shade_high = {}};
  for (const auto& of : point.comparisons) {
    chart.rows.push_back({.label = of.arm + " against " + of.against,
                          .note = middle_note(of.mean_pct),
                          .more = interval_note(of.low_pct, of.high_pct) + ", " + verdict_words(of.verdict),
                          .css_class = arm_class(of.arm),
                          .low = of.low_pct,
                          .middle = of.mean_pct,
                          .high = of.high_pct});
  }
  chart.summary = joined(chart.rows);
  return chart.chart();
}

Chart random_chart(const Point& point) {
  if (!point.random) return {};
  const auto& band = *point.random;
  WhiskerChart chart{.name = "random",
                     .title = "Net return beside random traders",
                     .summary = {},
                     .rows = {},
                     .shade_low = band.low_pct,
                     .shade_high = band.high_pct};
  chart.rows.push_back({.label = "random, like " + band.like,
                        .note = middle_note(band.median_pct),
                        .more = interval_note(band.low_pct, band.high_pct),
                        .css_class = "random",
                        .low = band.low_pct,
                        .middle = band.median_pct,
                        .high = band.high_pct});
  for (const auto& arm : point.arms) {
    const auto low = metric(arm.lowest, "net_return_pct");
    const auto middle = metric(arm.median, "net_return_pct");
    const auto high = metric(arm.highest, "net_return_pct");
    const bool varies = low && high && *high > *low;
    chart.rows.push_back({.label = arm.name,
                          .note = middle_note(middle),
                          .more = interval_note(low, high),
                          .css_class = arm_class(arm.name),
                          .low = varies ? low : Number(),
                          .middle = middle,
                          .high = varies ? high : Number()});
  }
  chart.summary = joined(chart.rows);
  return chart.chart();
}

Chart month_chart(const Point& point) {
  HeatMap map{.name = "months",
              .title = "Returns by month, per cent",
              .summary = {},
              .columns = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
              .rows = {}};
  for (const auto& month : point.months) {
    unsigned number = 0;
    if (month.month.size() != 7) continue;
    std::from_chars(month.month.data() + 5, month.month.data() + 7, number);
    if (number < 1 || number > 12) continue;
    const std::string year = month.month.substr(0, 4);
    auto row = std::ranges::find_if(map.rows,
                                    [&](const auto& r) { return r.group == month.arm && r.label == year; });
    if (row == map.rows.end())
      row = map.rows.insert(map.rows.end(), {month.arm, year, std::vector<Number>(12)});
    row->cells[number - 1] = month.return_pct;
  }
  map.summary = fmt::format("{} rows of months, one for each arm and year", map.rows.size());
  return map.chart();
}

Chart trade_chart(const Point& point) {
  Histogram histogram{
      .name = "trades", .title = "Round trips by their return", .summary = {}, .edges = {}, .rows = {}};
  for (const auto& trades : point.trade_returns) {
    const double total = std::accumulate(trades.counts.begin(), trades.counts.end(), 0.0);
    if (!(total > 0)) continue;
    if (histogram.edges.empty()) histogram.edges = trades.edges_pct;
    if (trades.edges_pct != histogram.edges) continue;
    histogram.rows.push_back({.label = trades.arm,
                              .note = shown(total, NumberForm::count) + " round trips",
                              .css_class = arm_class(trades.arm),
                              .counts = trades.counts});
    histogram.summary +=
        (histogram.summary.empty() ? "" : ", ") + trades.arm + " " + histogram.rows.back().note;
  }
  return histogram.chart();
}

Chart gate_chart(const Point& point) {
  ShareBars bars{.name = "gate", .title = "What the gate said", .summary = {}, .rows = {}};
  if (point.gate) bars.rows.push_back(gate_row("real windows", *point.gate));
  if (point.gate_placebo) bars.rows.push_back(gate_row("placebo windows", *point.gate_placebo));
  for (const auto& row : bars.rows) {
    bars.summary += (bars.summary.empty() ? "" : "; ") + row.label + " passed " +
                    shown(row.parts.front().count, NumberForm::count) + " of " + row.note;
  }
  return bars.chart();
}

}  // namespace ctt::report
