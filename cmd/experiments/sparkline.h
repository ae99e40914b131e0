#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace ctt::cmd {

/// A curve as one line of blocks, `▁▃▅▇█`, from the smallest value to the largest; values that are
/// no numbers leave a blank. More than `width` values are averaged in groups.
std::string sparkline(std::span<const double> values, std::size_t width = 40);

}  // namespace ctt::cmd
