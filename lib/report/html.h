#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ctt::report {

/// Text as it stands between tags and in quoted attributes of HTML and SVG. Control characters go.
std::string escaped(std::string_view text);

/// A table that scrolls within itself where it is too wide; its first column stays in sight.
/// Cells are HTML already.
struct HtmlTable {
  std::string label;  ///< what it holds, for those who do not see it; plain text
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
  std::size_t text_columns = 1;  ///< the first ones are words, the others numbers set to the right

  std::string html() const;
};

/// `<section>` with its heading. `kind` is its CSS class: `wide` takes the room of two.
struct HtmlSection {
  std::string id, heading, kind;
  std::string body;        ///< HTML
  bool in_sample = false;  ///< says so beside the heading

  std::string html() const;
};

/// A paragraph of plain text.
std::string paragraph(std::string_view text, std::string_view css_class = "");

/// What is closed until it is asked for. `body` is HTML, `summary` plain text.
std::string folded(std::string_view summary, const std::string& body);

}  // namespace ctt::report
