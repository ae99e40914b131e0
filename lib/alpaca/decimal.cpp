#include "alpaca/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace ctt::alpaca {

namespace {

constexpr int kPlaces = 9;
constexpr std::size_t kWholeDigitsMax = 18;

bool digits_only(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  auto fraction = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  const bool written = !whole.empty() && (point == std::string_view::npos || !fraction.empty());
  if (!written || whole.size() > kWholeDigitsMax || !digits_only(whole) || !digits_only(fraction)) return {};
  fraction = fraction.substr(0, kPlaces);
  Int nanos = 0;
  for (const char c : whole) nanos = nanos * 10 + (c - '0');
  for (const char c : fraction) nanos = nanos * 10 + (c - '0');
  for (auto place = fraction.size(); place < kPlaces; ++place) nanos *= 10;
  return Decimal(negative ? -nanos : nanos);
}

std::optional<Decimal> Decimal::of(double number) {
  if (!std::isfinite(number)) return std::nullopt;
  std::array<char, 512> text{};  // the smallest double has 324 places
  const auto end = std::to_chars(text.begin(), text.end(), number, std::chars_format::fixed).ptr;
  return parse({text.begin(), end});
}

Decimal Decimal::down_to(Decimal step) const {
  return step.nanos_ > 0 ? Decimal(nanos_ - nanos_ % step.nanos_) : *this;
}

Decimal Decimal::with_places(int places) const {
  Int unit = 1;
  for (int place = places; place < kPlaces; ++place) unit *= 10;
  return Decimal(nanos_ - nanos_ % unit);
}

std::string Decimal::text() const {
  auto rest = magnitude().nanos_;
  std::string digits;
  for (int place = 0; rest > 0 || place <= kPlaces; ++place) {
    if (place == kPlaces) digits.push_back('.');
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  }
  if (nanos_ < 0) digits.push_back('-');
  std::ranges::reverse(digits);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

double Decimal::number() const {
  double value = 0;
  const auto digits = text();
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace ctt::alpaca
