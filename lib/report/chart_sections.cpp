#include <algorithm>

#include <fmt/format.h>

#include "report/curve_charts.h"
#include "report/number_form.h"
#include "report/result_charts.h"
#include "report/sections.h"

namespace ctt::report {

namespace {

// Nothing when there is no picture.
HtmlSection chart_section(const Chart& chart, std::string heading, std::string kind,
                          const std::string& note) {
  HtmlSection section{.id = chart.name, .heading = std::move(heading), .kind = std::move(kind), .body = {}};
  if (!chart.empty()) section.body = paragraph(note, "note") + chart.inline_svg();
  return section;
}

// Where the arm that the random traders imitate stands among them.
std::string place_in_band(const ReportDocument::Point& point) {
  const auto& band = *point.random;
  const auto arm = std::ranges::find_if(point.arms, [&](const auto& a) { return a.name == band.like; });
  if (arm == point.arms.end() || !band.low_pct || !band.high_pct) return "";
  const auto found = arm->median.find("net_return_pct");
  if (found == arm->median.end()) return "";
  const std::string_view place =
      found->second > *band.high_pct  ? "above the band: luck alone seldom gets there"
      : found->second < *band.low_pct ? "below the band: trading at random did better"
                                      : "within the band: luck alone gets there";
  return paragraph(fmt::format("{} stands {}.", band.like, place));
}

std::string of_median_seed(const ReportDocument::Point& point) {
  return several_seeds(point) ? ", of the median seed" : "";
}

}  // namespace

HtmlSection equity_section(const ReportDocument::Point& point) {
  const auto chart = equity_chart(point);
  return chart_section(
      chart, "Equity", "",
      std::string("Net worth after costs, in the quote currency") +
          (several_seeds(point) ? ": the median over the seeds as a line, their range shaded." : ".") +
          (chart.title.find("logarithmic") == std::string::npos
               ? ""
               : " The scale is logarithmic: equal distances are equal per cents."));
}

HtmlSection drawdown_section(const ReportDocument::Point& point) {
  return chart_section(drawdown_chart(point), "Drawdown", "",
                       "How far net worth stands below its highest before" + of_median_seed(point) +
                           ". The number at each "
                           "line is the arm's largest drawdown.");
}

HtmlSection difference_section(const ReportDocument::Point& point) {
  if (!point.difference) return chart_section({}, "", "", "");
  const auto& of = *point.difference;
  const std::string window =
      of.window_days ? fmt::format(" over {} days", shown(*of.window_days, NumberForm::count)) : "";
  return chart_section(
      difference_chart(point), "Rolling difference", "wide",
      fmt::format("What {} made more than {}, per cent a year{}, each point over the bars before "
                  "it; the interval is shaded. Neighbouring points share most of their bars.",
                  of.arm, of.against, window));
}

HtmlSection random_section(const ReportDocument::Point& point) {
  if (!point.random) return chart_section({}, "", "", "");
  const std::string draws = point.random->draws ? shown(*point.random->draws, NumberForm::count) + " " : "";
  auto section = chart_section(
      random_chart(point), "Luck", "",
      fmt::format("Net return beside {}traders that buy and sell at random as often as {}. The "
                  "grey strip holds nine of ten of them; an arm's line is the range of its seeds.",
                  draws, point.random->like));
  if (section.body.empty()) return section;
  const auto& band = *point.random;
  section.body += place_in_band(point);
  section.body += fmt::format("<p class=\"note\">Random traders: median {}, {}; {} draws.</p>\n",
                              exact(band.median_pct, NumberForm::change),
                              exact_range(band.low_pct, band.high_pct, NumberForm::change),
                              exact(band.draws, NumberForm::count));
  return section;
}

HtmlSection month_section(const ReportDocument::Point& point) {
  return chart_section(month_chart(point), "Returns by month", "",
                       "Net return in each month, per cent" + of_median_seed(point) + ".");
}

HtmlSection trade_section(const ReportDocument::Point& point) {
  auto section = chart_section(
      trade_chart(point), "Trades", "",
      "Round trips, from the first buy to the sale that closes the position, by their return after "
      "costs in per cent. Bars are shares of an arm's round trips, on one scale for all arms.");
  const auto& all = point.trade_returns;
  std::string left_out;
  for (const auto& trades : all) {
    if (trades.edges_pct != all.front().edges_pct) left_out += (left_out.empty() ? "" : ", ") + trades.arm;
  }
  if (!left_out.empty())
    section.body += paragraph("Not drawn, as counted over other intervals: " + left_out + ".", "note");
  return section;
}

}  // namespace ctt::report
