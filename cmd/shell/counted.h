#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "cmd/shell/terminal.h"

namespace ctt::cmd {

/// `1 swap`, `2 swaps`, `12,000 bars`: a number of things whose plural takes an s.
template <std::integral Number>
std::string counted(Number number, std::string_view noun) {
  return grouped(static_cast<long long>(number)) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

}  // namespace ctt::cmd
