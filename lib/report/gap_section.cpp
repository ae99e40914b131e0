#include <fmt/format.h>

#include "report/number_form.h"
#include "report/sections.h"

namespace ctt::report {

namespace {

using SessionGap = ReportDocument::SessionGap;

std::vector<std::string> row_of(const SessionGap::Row& row) {
  std::vector<std::string> cells{escaped(row.model), exact(row.decided, NumberForm::count)};
  for (const auto& part : {row.total, row.decisions, row.prices, row.fees, row.missed_bars, row.unexplained})
    cells.push_back(exact(part, NumberForm::money));
  return cells;
}

std::string reason_list(const SessionGap& gap) {
  std::string text;
  for (const auto& [word, count] : gap.reasons)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
  return text;
}

std::string decision_note(const SessionGap& gap) {
  std::string text = exact(gap.as_replayed, NumberForm::count) + " of " +
                     exact(gap.compared, NumberForm::count) + " decisions are those of the replay";
  if (!gap.reasons.empty()) text += "; the others by their reason: " + escaped(reason_list(gap));
  return "<p>" + text + ".</p>\n";
}

std::string fill_note(const SessionGap& gap) {
  if (!gap.fills) return "";
  return "<p>" + exact(gap.fills, NumberForm::count) + " fills: the price was " +
         exact(gap.price_bp_median, NumberForm::amount) + "\u00A0bp worse than assumed in the median, " +
         exact(gap.price_bp_worst, NumberForm::amount) + "\u00A0bp at the worst; the fee " +
         exact(gap.fee_bp_median, NumberForm::amount) + "\u00A0bp where " +
         exact(gap.assumed_fee_bp, NumberForm::amount) + " is assumed.</p>\n";
}

}  // namespace

HtmlSection gap_section(const ReportDocument& document) {
  HtmlSection section{.id = "gap", .heading = "Gap to the replay", .kind = "wide long", .body = {}};
  if (!document.gap) return section;
  const auto& gap = *document.gap;
  HtmlTable table{
      .label = "The gap by model and cause",
      .head = {"model", "decisions made", "gap", "decisions", "prices", "fees", "missed bars", "unexplained"},
      .rows = {}};
  for (const auto& row : gap.rows) table.rows.push_back(row_of(row));
  section.body = paragraph(
      "What the account has more than its replay, in the quote currency. The replay's account is changed "
      "into the "
      "recorded one step by step: the bars that the trader had, its decisions and orders, the prices of its "
      "fills, "
      "its fees. So the parts add up, and what is left is unexplained.",
      "note");
  section.body += table.html() + decision_note(gap) + fill_note(gap);
  if (!gap.missed_bars.empty())
    section.body += paragraph("Bars that the trader missed: " + gap.missed_bars + ".");
  if (!gap.missing_bars.empty())
    section.body +=
        paragraph("Bars that the dataset lacks, on which the replay holds: " + gap.missing_bars + ".");
  return section;
}

}  // namespace ctt::report
