#include "report/html.h"

#include <fmt/format.h>

namespace ctt::report {

namespace {

std::string cell(std::string_view tag, std::string_view css_class, std::string_view content) {
  if (css_class.empty()) return fmt::format("<{0}>{1}</{0}>", tag, content);
  return fmt::format("<{0} class=\"{1}\">{2}</{0}>", tag, css_class, content);
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
          safe += c;
        } else {
          safe += ' ';
        }
    }
  }
  return safe;
}

std::string HtmlTable::html() const {
  std::string text = fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><table>\n<thead><tr>",
      escaped(label));
  const auto css_class = [&](std::size_t column) { return column < text_columns ? "" : "number"; };
  for (std::size_t i = 0; i < head.size(); ++i) text += cell("th", css_class(i), head[i]);
  text += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    text += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) text += cell(i == 0 ? "th" : "td", css_class(i), row[i]);
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

std::string HtmlSection::html() const {
  return fmt::format("<section id=\"{}\"{}>\n<h2>{}{}</h2>\n{}</section>\n", id,
                     kind.empty() ? "" : fmt::format(" class=\"{}\"", kind), escaped(heading),
                     in_sample ? " <span class=\"mark\">in-sample</span>" : "", body);
}

std::string paragraph(std::string_view text, std::string_view css_class) {
  return cell("p", css_class, escaped(text)) + "\n";
}

std::string folded(std::string_view summary, const std::string& body) {
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n", escaped(summary), body);
}

}  // namespace ctt::report
