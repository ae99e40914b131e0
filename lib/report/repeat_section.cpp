#include <algorithm>

#include <fmt/format.h>

#include "report/command_line.h"
#include "report/sections.h"

namespace ctt::report {

namespace {

std::string word_list(const ReportDocument::Words& words, std::string_view css_class) {
  std::string text = "<dl>\n";
  for (const auto& [key, value] : words) {
    if (key == "command") continue;  // stands above
    std::string spaced = value;
    if (const auto comma = spaced.find(','); comma != std::string::npos) {
      for (auto at = comma; at != std::string::npos; at = spaced.find(',', at + 2))
        spaced.insert(at + 1, " ");
    }
    text += fmt::format("<div><dt>{}</dt><dd{}>{}</dd></div>\n", escaped(key),
                        css_class.empty() ? "" : fmt::format(" class=\"{}\"", css_class), escaped(spaced));
  }
  return text + "</dl>\n";
}

}  // namespace

HtmlSection repeat_section(const ReportDocument& document) {
  HtmlSection section{.id = "again", .heading = "Do it again", .kind = "wide long", .body = {}};
  if (const auto line = command_line(document); !line.empty()) {
    section.body += paragraph("The same candles, base and version of ctt give the same bytes.", "note");
    section.body += fmt::format("<pre>{}</pre>\n", escaped(line));
  }
  if (!document.settings.empty()) section.body += "<h3>Settings</h3>\n" + word_list(document.settings, "");
  if (!document.hashes.empty()) section.body += "<h3>Hashes</h3>\n" + word_list(document.hashes, "hash");
  return section;
}

}  // namespace ctt::report
