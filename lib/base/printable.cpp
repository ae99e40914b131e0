#include "base/printable.h"

#include <fmt/format.h>

namespace ctt::base {

namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Bytes of the character that the text begins with; 0 when it is one to be written out. Overlong forms
// and surrogates pass: no terminal acts on them.
std::size_t character_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7F ? 1 : 0;
  const std::size_t size = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
  for (std::size_t at = 1; at < size; ++at) {
    if (!continues(text[at])) return 0;
  }
  const bool control = lead == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;  // U+0080 to U+009F
  return control ? 0 : size;
}

}  // namespace

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string result;
  while (!text.empty()) {
    const auto size = character_size(text);
    const auto taken = size > 0 ? size : 1;
    if (taken > bytes_max) return result + "...";
    bytes_max -= taken;
    if (size > 0) {
      result += text.substr(0, size);
    } else {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    }
    text.remove_prefix(taken);
  }
  return result;
}

}  // namespace ctt::base
