#include <fmt/format.h>

#include "report/chart.h"
#include "report/number_form.h"
#include "report/result_charts.h"
#include "report/sections.h"
#include "report/verdict_words.h"

namespace ctt::report {

std::string arm_name(const std::string& arm) {
  return fmt::format("<span class=\"key {}\"></span>{}", arm_class(arm), escaped(arm));
}

HtmlSection comparison_section(const ReportDocument::Point& point) {
  HtmlSection section{.id = "comparisons", .heading = "Differences", .kind = "wide pair", .body = {}};
  if (point.comparisons.empty()) return section;
  HtmlTable table{.label = "Differences between arms",
                  .head = {"arm", "against", "verdict", "per cent a year", "90 % interval",
                           "share \u2265\u00A00", "seeds", "block, bars", "years to tell"},
                  .rows = {},
                  .text_columns = 3};
  for (const auto& of : point.comparisons) {
    table.rows.push_back(
        {arm_name(of.arm), escaped(of.against), escaped(verdict_with_sign(of.verdict)),
         exact(of.mean_pct, NumberForm::change),
         exact(of.low_pct, NumberForm::change) + " to " + exact(of.high_pct, NumberForm::change),
         exact(of.share_not_below_0, NumberForm::probability), exact(of.seeds, NumberForm::count),
         exact(of.block_length, NumberForm::amount), exact(of.years_needed, NumberForm::amount)});
  }
  section.body = paragraph(
      "What one arm made more than another on the same bars, as the mean of paired differences of log "
      "returns, a year. The interval covers nine of ten resamples of bars and seeds; where it holds 0, "
      "these bars do not tell the two apart.",
      "note");
  section.body += comparison_chart(point).inline_svg() + table.html();
  return section;
}

}  // namespace ctt::report
