#include "cmd/shell/help_text.h"

#include <sstream>

namespace ctt::cmd {

namespace {

constexpr std::size_t kLineWidth = 80;
constexpr std::size_t kIndent = 30;

}  // namespace

std::string wrapped(const std::string& text, std::size_t indent) {
  std::string lines;
  std::size_t column = indent;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const bool begins = column == indent;
    if (!begins && column + 1 + word.size() > kLineWidth) {
      lines += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!begins) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
  }
  return lines;
}

std::string help_entry(const std::string& left, const std::string& description) {
  const bool fits = left.size() < kIndent;
  return left + (fits ? std::string(kIndent - left.size(), ' ') : "\n" + std::string(kIndent, ' ')) +
         wrapped(description, kIndent) + "\n";
}

}  // namespace ctt::cmd
