#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ctt::base {

/// The values of an enumeration and their spellings: one table for both directions.
///
///     constexpr auto kFills = names_of<Fill>({{Fill::close, "close"}, {Fill::next_open, "next_open"}});
///     kFills.name(Fill::close);     // close
///     kFills.find("next_open");     // Fill::next_open; nothing for another text
template <class Enum, std::size_t N>
struct Names {
  std::array<std::pair<Enum, std::string_view>, N> entries;

  /// Empty for a value that the table lacks.
  constexpr std::string_view name(Enum value) const {
    for (const auto& [known, name] : entries)
      if (known == value) return name;
    return "";
  }

  constexpr std::optional<Enum> find(std::string_view text) const {
    for (const auto& [value, name] : entries)
      if (name == text) return value;
    return std::nullopt;
  }

  /// In the order of the table.
  std::vector<std::string> all() const {
    std::vector<std::string> names;
    for (const auto& entry : entries) names.emplace_back(entry.second);
    return names;
  }

  /// `close, next_open`: for the sentence that refuses another text.
  std::string list() const { return fmt::format("{}", fmt::join(all(), ", ")); }
};

/// `Names` of pairs, the count of them taken from the list.
template <class Enum, std::size_t N>
constexpr Names<Enum, N> names_of(const std::pair<Enum, std::string_view> (&entries)[N]) {
  Names<Enum, N> table{};
  std::copy_n(entries, N, table.entries.begin());
  return table;
}

}  // namespace ctt::base
