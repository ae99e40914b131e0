#include "market/symbol.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/printable.h"

namespace ctt::market {

namespace {

constexpr std::size_t kLengthMax = 32;

bool is_letter_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_part(std::string_view part) {
  return !part.empty() && is_letter_or_digit(part.front()) && std::ranges::all_of(part, [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_';
  });
}

}  // namespace

bool is_symbol(std::string_view text) {
  if (text.size() > kLengthMax) return false;
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return is_part(text);
  return is_part(text.substr(0, slash)) && is_part(text.substr(slash + 1));
}

std::string checked_symbol(const std::string& symbol, std::string_view where) {
  if (is_symbol(symbol)) return symbol;
  throw base::Error(base::Failure::usage,
                    fmt::format("{}{}\"{}\" is no symbol; an example is BTC/USD", where,
                                where.empty() ? "" : ": ", base::printable(symbol, kLengthMax)));
}

}  // namespace ctt::market
