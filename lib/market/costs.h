#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/parameter.h"
#include "market/order.h"

namespace ctt::market {

/// What a trade costs beyond its price, of each side: a purchase and its sale pay twice.
///
/// A market order meets the book half a spread beside its middle, so it buys at price x (1 + half_spread) and
/// sells at price x (1 - half_spread); of that value the commission is taken. Both are settings of training and
/// evaluation: no policy sees them. docs/costs.md has the profiles and where their numbers come from.
struct Costs {
  double commission = 0;   ///< fraction of the value, 0 to 0.5
  double half_spread = 0;  ///< fraction of the price, 0 to 0.5

  /// What one side takes, as a fraction of the value: the sum of both, exact to first order.
  double side() const { return commission + half_spread; }
  Costs times(double multiple) const { return {multiple * commission, multiple * half_spread}; }

  bool operator==(const Costs&) const = default;
};

/// The two numbers under the names that packs have for them, with their ranges.
std::span<const base::NumberMember<Costs>> cost_numbers();

/// Throws Error(usage) that names the first number out of its range; `where` stands before it unless empty.
void validate(const Costs& costs, std::string_view where = "");

/// Reads a profile's name (`alpaca-tier1`, `free`) or `commission=0.0025,half_spread=0.00045`, where both must
/// stand. Throws Error(usage).
Costs parse_costs(std::string_view text);

/// The profile that has exactly these costs, or nothing.
std::optional<std::string_view> profile_name(const Costs& costs);

/// As `parse_costs` reads it: the profile's name, or both numbers.
std::string costs_text(const Costs& costs);

/// For people: `alpaca-tier1 (commission 25 bp, half spread 4.5 bp)`; without a profile the numbers alone.
std::string costs_words(const Costs& costs);

/// `{"profile":"alpaca-tier1","commission":0.0025,"half_spread":0.00045}`; the profile may be null.
std::string costs_json(const Costs& costs);

/// Reads that object, or a text as `parse_costs` takes it. A profile that has other numbers is refused.
/// Throws Error(usage) naming the key.
Costs read_costs(const base::JsonValue& json);

/// What the half spread took of a trade that was carried out at these costs, quote currency.
double spread_paid(const Trade& trade, const Costs& costs);

}  // namespace ctt::market
