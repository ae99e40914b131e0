#include "market/costs.h"

#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace ctt::market {

namespace {

using base::Error;
using base::Failure;
using base::Range;

struct Profile {
  std::string_view name;
  Costs costs;
};

// Half of the 9 basis points between bid and ask of BTC/USD at Alpaca.
constexpr double kAlpacaHalfSpread = 0.00045;

// Takers' commissions by volume of the last 30 days; docs/costs.md has the volumes.
constexpr Profile kProfiles[] = {{"alpaca-tier1", {0.0025, kAlpacaHalfSpread}},
                                 {"alpaca-tier2", {0.0022, kAlpacaHalfSpread}},
                                 {"alpaca-tier3", {0.0020, kAlpacaHalfSpread}},
                                 {"alpaca-tier4", {0.0018, kAlpacaHalfSpread}},
                                 {"alpaca-tier5", {0.0015, kAlpacaHalfSpread}},
                                 {"alpaca-tier6", {0.0013, kAlpacaHalfSpread}},
                                 {"alpaca-tier7", {0.0012, kAlpacaHalfSpread}},
                                 {"alpaca-tier8", {0.0010, kAlpacaHalfSpread}},
                                 {"free", {0, 0}}};

constexpr base::NumberMember<Costs> kNumbers[] = {
    {"commission", &Costs::commission, Range::from(0, 0.5)},
    {"half_spread", &Costs::half_spread, Range::from(0, 0.5)},
};

std::vector<std::string> profile_names() {
  std::vector<std::string> names;
  for (const auto& profile : kProfiles) names.emplace_back(profile.name);
  return names;
}

const Profile* find_profile(std::string_view name) {
  for (const auto& profile : kProfiles)
    if (profile.name == name) return &profile;
  return nullptr;
}

const Profile& profile_called(std::string_view name) {
  if (const auto* profile = find_profile(name)) return *profile;
  throw Error(Failure::usage,
              fmt::format("no costs are called \"{}\"{}; there are {}, or commission=C,half_spread=H", name,
                          base::did_you_mean(name, profile_names()), fmt::join(profile_names(), ", ")));
}

[[noreturn]] void refuse_text(std::string_view text, std::string_view reason) {
  throw Error(Failure::usage,
              fmt::format("costs \"{}\": {}; write a profile or commission=0.0025,half_spread=0.00045", text,
                          reason));
}

double number_in(std::string_view text, std::string_view digits) {
  double number = 0;
  const auto* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end)
    refuse_text(text, fmt::format("\"{}\" is no number", digits));
  return number;
}

// Both numbers by name, in either order.
Costs parse_numbers(std::string_view text) {
  std::optional<double> commission, half_spread;
  for (std::string_view rest = text; !rest.empty();) {
    const auto part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const auto equals = std::min(part.find('='), part.size());
    const auto key = part.substr(0, equals);
    auto& number = key == "commission" ? commission : half_spread;
    if (key != "commission" && key != "half_spread")
      refuse_text(text, fmt::format("\"{}\" is neither commission nor half_spread", key));
    if (number) refuse_text(text, fmt::format("{} stands twice", key));
    number = number_in(text, part.substr(std::min(equals + 1, part.size())));
  }
  if (!commission || !half_spread) refuse_text(text, "it takes both numbers, 0 where there is no such cost");
  return {*commission, *half_spread};
}

}  // namespace

std::span<const base::NumberMember<Costs>> cost_numbers() { return kNumbers; }

void validate(const Costs& costs, std::string_view where) {
  for (const auto& [name, member, range] : kNumbers) {
    const double number = costs.*std::get<double Costs::*>(member);
    if (range.holds(number)) continue;
    throw Error(Failure::usage, fmt::format("{}{}{} must be {}, not {}", where, where.empty() ? "" : ": ",
                                            name, range.words(), number));
  }
}

Costs parse_costs(std::string_view text) {
  if (text.find('=') == std::string_view::npos) return profile_called(text).costs;
  const auto costs = parse_numbers(text);
  validate(costs);
  return costs;
}

std::optional<std::string_view> profile_name(const Costs& costs) {
  for (const auto& profile : kProfiles)
    if (profile.costs == costs) return profile.name;
  return std::nullopt;
}

std::string costs_text(const Costs& costs) {
  if (const auto name = profile_name(costs)) return std::string(*name);
  return fmt::format("commission={},half_spread={}", costs.commission, costs.half_spread);
}

std::string costs_words(const Costs& costs) {
  const auto numbers = fmt::format("commission {:.6g} bp, half spread {:.6g} bp", 1e4 * costs.commission,
                                   1e4 * costs.half_spread);
  const auto name = profile_name(costs);
  return name ? fmt::format("{} ({})", *name, numbers) : numbers;
}

std::string costs_json(const Costs& costs) {
  base::JsonWriter json;
  json.object().field("profile", profile_name(costs)).field("commission", costs.commission);
  return json.field("half_spread", costs.half_spread).end().text();
}

Costs read_costs(const base::JsonValue& json) {
  if (json.is_string()) return parse_costs(json.as_string());
  auto object = json.as_object();
  const auto name = object.find("profile");
  const Costs costs{object.number("commission"), object.number("half_spread")};
  object.finish();
  validate(costs, json.where());
  if (name && profile_called(name->as_string()).costs != costs) {
    throw Error(Failure::usage, fmt::format("{}: these are not the costs of {}; leave the profile out",
                                            json.where(), name->as_string()));
  }
  return costs;
}

double spread_paid(const Trade& trade, const Costs& costs) {
  const double h = costs.half_spread;
  if (trade.side == Side::none) return 0;
  return trade.quantity * trade.price * h / (trade.side == Side::buy ? 1 + h : 1 - h);
}

}  // namespace ctt::market
