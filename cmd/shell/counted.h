#pragma once

#include <algorithm>
#include <concepts>
#include <span>
#include <string>
#include <string_view>

#include "cmd/shell/terminal.h"

namespace ctt::cmd {

/// `1 swap`, `2 swaps`, `12,000 bars`: a number of things whose plural takes an s.
template <std::integral Number>
std::string counted(Number number, std::string_view noun) {
  return grouped(static_cast<long long>(number)) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

/// `a, b, c and 12 more`: the first of many names.
inline std::string first_of(std::span<const std::string> names, std::size_t most = 4) {
  std::string text;
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most) text += " and " + grouped(static_cast<long long>(names.size() - most)) + " more";
  return text;
}

}  // namespace ctt::cmd
