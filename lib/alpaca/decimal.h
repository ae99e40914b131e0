#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace ctt::alpaca {

/// An amount of dollars or of an asset, exact to nine decimal places: what is sent to Alpaca and what
/// it says we have. Never a double: 0.1 + 0.2 is 0.3 here, and a cap is a cap.
///
/// Whatever does not fit into nine places is cut, towards zero. A value type.
class Decimal {
 public:
  constexpr Decimal() = default;

  /// Reads `-12.345`; digits after the ninth place are cut. Nothing for any other text, and for
  /// amounts of 10^18 and more.
  static std::optional<Decimal> parse(std::string_view text);
  /// The shortest decimal text that names this double, read as above.
  static std::optional<Decimal> of(double number);

  /// The same, and 0 for what is no amount.
  static Decimal or_zero(double number) { return of(number).value_or(Decimal()); }

  /// The largest multiple of `step` that is not above this amount; both are at least 0, and a step
  /// of 0 leaves the amount as it is.
  Decimal down_to(Decimal step) const;
  /// Cut after that many places, 0 to 9.
  Decimal with_places(int places) const;

  /// `0.009975`: no exponent, no superfluous zeros.
  std::string text() const;
  /// The nearest double, for what is shown and reckoned with, never for what is sent.
  double number() const;

  bool positive() const { return nanos_ > 0; }
  Decimal operator+(Decimal other) const { return Decimal(nanos_ + other.nanos_); }
  Decimal operator-(Decimal other) const { return Decimal(nanos_ - other.nanos_); }
  Decimal magnitude() const { return Decimal(nanos_ < 0 ? -nanos_ : nanos_); }
  auto operator<=>(const Decimal&) const = default;

 private:
  __extension__ using Int = __int128;
  explicit constexpr Decimal(Int nanos) : nanos_(nanos) {}
  Int nanos_ = 0;  // billionths
};

}  // namespace ctt::alpaca
