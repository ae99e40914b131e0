#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ctt::cmd {

/// A grid of braille cells, 2 x 4 dots each; (0, 0) is at the top left.
class BrailleCanvas {
 public:
  BrailleCanvas(std::size_t columns, std::size_t rows)
      : columns_(columns), rows_(rows), cells_(columns * rows) {}

  std::size_t width() const { return columns_ * 2; }  ///< dots
  std::size_t height() const { return rows_ * 4; }

  void dot(std::size_t x, std::size_t y);
  /// Dots from (x, y0) to (x, y1), so that steep pieces stay connected.
  void column(std::size_t x, std::size_t y0, std::size_t y1);

  /// One line of text, UTF-8.
  std::string row(std::size_t index) const;

 private:
  std::size_t columns_;
  std::size_t rows_;
  std::vector<unsigned> cells_;
};

}  // namespace ctt::cmd
