#include <algorithm>

#include <fmt/format.h>

#include "report/gate_trial.h"
#include "report/number_form.h"
#include "report/result_charts.h"
#include "report/sections.h"

namespace ctt::report {

namespace {

using Counts = ReportDocument::GateCounts;

std::vector<std::string> gate_row(std::string_view name, const Counts& counts) {
  std::vector<std::string> row{std::string(name)};
  for (const double count :
       {counts.passed, counts.rejected, counts.undecided, counts.skipped, counts.failed}) {
    row.push_back(exact(count, NumberForm::count));
  }
  const double judged = counts.passed + counts.rejected + counts.undecided;
  row.push_back(judged > 0 ? shown(100 * counts.passed / judged, NumberForm::percent)
                           : exact({}, NumberForm::percent));
  return row;
}

std::string gate_sentence(const ReportDocument::Point& point) {
  if (!point.gate_placebo)
    return "No placebo arm ran, so nothing says whether the gate tells real windows from permuted ones.";
  const auto trial = gate_trial(*point.gate, *point.gate_placebo);
  if (!trial) return "Too few candidates were judged to hold real windows against placebos.";
  return gate_words(*trial) + (point.gate_same_parent ? " Candidate and placebo of a slot had one parent."
                                                      : " They had other parents: the chain of each arm.");
}

}  // namespace

HtmlSection gate_section(const ReportDocument::Point& point) {
  HtmlSection section{.id = "gate", .heading = "Gate on trial", .kind = "", .body = {}};
  if (!point.gate) return section;
  HtmlTable table{
      .label = "What the gate said",
      .head = {"windows", "passed", "rejected", "undecided", "skipped", "failed", "passed of judged"},
      .rows = {gate_row("real", *point.gate)}};
  if (point.gate_placebo) table.rows.push_back(gate_row("placebo", *point.gate_placebo));
  section.body = paragraph(gate_sentence(point)) + gate_chart(point).inline_svg() + table.html();
  return section;
}

HtmlSection sharpe_section(const ReportDocument::Point& point) {
  HtmlSection section{.id = "sharpe", .heading = "Sharpe ratios", .kind = "", .body = {}};
  if (point.sharpe_tests.empty()) return section;
  HtmlTable table{.label = "Tests of the Sharpe ratios",
                  .head = {"arm", "Sharpe ratio a year", "above 0, probability", "deflated", "trials",
                           "shortest record, years"},
                  .rows = {}};
  for (const auto& test : point.sharpe_tests) {
    table.rows.push_back(
        {arm_name(test.arm), exact(test.sharpe, NumberForm::ratio),
         exact(test.probabilistic, NumberForm::probability), exact(test.deflated, NumberForm::probability),
         exact(test.trials, NumberForm::count), exact(test.minimum_track_record_years, NumberForm::amount)});
  }
  section.body =
      paragraph(
          "The probability that the true ratio is above 0; the same after a fair deduction for how many "
          "settings were tried on these bars; and how long a record it takes to show this ratio to be "
          "above 0 at 95 %.",
          "note") +
      table.html();
  return section;
}

}  // namespace ctt::report
