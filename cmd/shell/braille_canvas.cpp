#include "cmd/shell/braille_canvas.h"

#include <algorithm>
#include <array>

namespace ctt::cmd {

void BrailleCanvas::dot(std::size_t x, std::size_t y) {
  constexpr std::array<std::array<unsigned, 2>, 4> kBits{
      {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};
  cells_[y / 4 * columns_ + x / 2] |= kBits[y % 4][x % 2];
}

void BrailleCanvas::column(std::size_t x, std::size_t y0, std::size_t y1) {
  for (std::size_t y = std::min(y0, y1); y <= std::max(y0, y1); ++y) dot(x, y);
}

std::string BrailleCanvas::row(std::size_t index) const {
  std::string text;
  for (std::size_t column = 0; column < columns_; ++column) {
    const unsigned code = 0x2800 + cells_[index * columns_ + column];
    text += static_cast<char>(0xE0 | code >> 12);
    text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  }
  return text;
}

}  // namespace ctt::cmd
