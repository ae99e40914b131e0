#pragma once

#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ctt::base {

/// The numbers a parameter may be: from `low` to `high`, both included unless the kind says otherwise.
/// NaN and infinity never are.
struct Range {
  enum class Kind { real, above_low, whole };  ///< any number, any but `low` itself, whole numbers

  static constexpr double kUnlimited = std::numeric_limits<double>::max();

  double low = 0;
  double high = kUnlimited;
  Kind kind = Kind::real;

  static constexpr Range from(double low, double high = kUnlimited) { return {low, high, Kind::real}; }
  static constexpr Range above(double low, double high = kUnlimited) { return {low, high, Kind::above_low}; }
  static constexpr Range whole(double low, double high = kUnlimited) { return {low, high, Kind::whole}; }

  bool holds(double number) const;
  /// What it must be: `above 0 and at most 1`, `at least 0`, `a whole number from 1 to 10`.
  std::string words() const;
};

/// A number with a name, a default and a range.
struct NumberParameter {
  std::string_view name;
  double default_value;
  Range range;
};

/// Every parameter by name: as given, or its default. Throws Error(usage) for an unknown name and for a
/// number out of its range; `owner` names in errors whose parameters they are.
std::map<std::string, double> complete(const std::vector<NumberParameter>& parameters,
                                       const std::map<std::string, double>& given, std::string_view owner);

/// A number that is a member of `Owner`: its name and range. Its default is the member's in `Owner{}`.
template <class Owner>
struct NumberMember {
  const char* name;
  std::variant<double Owner::*, std::size_t Owner::*> member;
  Range range;
};

}  // namespace ctt::base
