#include "report/report_page.h"

#include <fmt/format.h>

#include "report/curve_charts.h"
#include "report/document.h"
#include "report/number_form.h"
#include "report/result_charts.h"
#include "report/sections.h"
#include "report/style.h"
#include "report/verdict_words.h"

namespace ctt::report {

namespace {

using Point = ReportDocument::Point;

std::string day(const std::string& time) { return time.substr(0, 10); }

std::string about_line(const ReportDocument& document) {
  std::vector<std::string> parts;
  const std::string schedule = document.setting("schedule");
  const std::string kind = document.is_session() ? "Report" : "Replay";
  parts.push_back(escaped(schedule.empty() ? kind : kind + " of " + schedule));
  for (const auto* key : {"symbol", "timeframe"}) {
    if (const auto value = document.setting(key); !value.empty()) parts.push_back(escaped(value));
  }
  if (!document.first_bar.empty()) {
    parts.push_back(escaped(day(document.first_bar) + " to " + day(document.last_bar) + " UTC"));
  }
  if (document.bars) parts.push_back(exact(document.bars, NumberForm::count) + " bars");
  std::string line;
  for (const auto& part : parts) line += (line.empty() ? "" : " \u00B7 ") + part;
  return "<p class=\"about\">" + line + "</p>\n";
}

std::string banner(const ReportDocument& document) {
  if (!document.in_sample()) return "";
  return "<p class=\"banner\" role=\"note\"><strong>Every number on this page is in-sample.</strong> The "
         "base policy had "
         "learned from bars of this range (--allow-seen), so nothing here says how it would have done on "
         "bars that "
         "it had not seen.</p>\n";
}

std::string navigation(const std::vector<HtmlSection>& sections) {
  std::string text = "<nav aria-label=\"Sections\">";
  for (const auto& section : sections) {
    text += fmt::format("<a href=\"#{}\">{}</a>\n", section.id, escaped(section.heading));
  }
  return text + "</nav>\n";
}

std::string header(const ReportDocument& document, const std::vector<HtmlSection>& sections) {
  return "<header>\n" + about_line(document) + fmt::format("<h1>{}</h1>\n", escaped(document.sentence)) +
         fmt::format("<p class=\"verdict {}\">{}</p>\n", escaped(document.verdict),
                     escaped(verdict_with_sign(document.verdict))) +
         banner(document) + navigation(sections) + "</header>\n";
}

// Without sections that have nothing to say; ids begin with `prefix`.
std::vector<HtmlSection> kept(std::vector<HtmlSection> sections, const ReportDocument& document,
                              const std::string& prefix = "") {
  std::erase_if(sections, [](const auto& section) { return section.body.empty(); });
  for (auto& section : sections) {
    section.id = prefix + section.id;
    section.in_sample = document.in_sample();
  }
  return sections;
}

std::string joined(const std::vector<HtmlSection>& sections) {
  std::string text;
  for (const auto& section : sections) text += section.html();
  return text;
}

std::vector<HtmlSection> main_sections(const ReportDocument& document) {
  const Point& point = document.main_point();
  return kept(
      {gap_section(document), comparison_section(point), equity_section(point), drawdown_section(point),
       difference_section(point), arm_section(point), random_section(point), month_section(point),
       trade_section(point), gate_section(point), sharpe_section(point), grid_section(document),
       cost_section(document, point), cycle_section(point), repeat_section(document)},
      document);
}

std::string folded_point(const ReportDocument& document, const Point& point) {
  const auto sections =
      kept({comparison_section(point), equity_section(point), drawdown_section(point), arm_section(point),
            random_section(point), gate_section(point), sharpe_section(point)},
           document, fmt::format("point{}-", point.number));
  return folded(fmt::format("Point {}: {}", point.number, point_name(point)), joined(sections));
}

std::string other_points(const ReportDocument& document) {
  if (document.points.size() < 2) return "";
  std::string text;
  for (const auto& point : document.points) {
    if (&point != &document.main_point()) text += folded_point(document, point);
  }
  return "<section id=\"points\" class=\"wide long\">\n<h2>The other points</h2>\n" + text + "</section>\n";
}

}  // namespace

std::string report_page(const std::string& result_json) {
  const auto document = read_document(result_json);
  const auto sections = main_sections(document);
  std::string body;
  for (const auto& section : sections) {
    if (section.id == "again") body += other_points(document);
    body += section.html();
  }
  const std::string schedule = document.setting("schedule");
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src "
      "'unsafe-inline'\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}<main>\n{}</main>\n"
      "<footer>Made by ctt {}. Nothing here is advice to trade.</footer>\n</body>\n</html>\n",
      escaped((schedule.empty() ? "ctt replay" : schedule) + ": " + verdict_words(document.verdict)),
      page_style(), header(document, sections), body, escaped(document.version));
}

std::vector<NamedPicture> pictures(const std::string& result_json) {
  const auto document = read_document(result_json);
  const Point& point = document.main_point();
  std::vector<NamedPicture> all;
  for (const auto& chart :
       {comparison_chart(point), equity_chart(point), drawdown_chart(point), difference_chart(point),
        random_chart(point), month_chart(point), trade_chart(point), gate_chart(point)}) {
    if (!chart.empty()) all.push_back({chart.name, chart.standalone_svg()});
  }
  return all;
}

}  // namespace ctt::report
