#include "environment/scheme_catalogue.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace ctt::environment {

namespace {

// What ActionRules does by itself.
std::vector<ActionType> plain_types() {
  return {{.name = "BSH",
           .start = [](const ActionType::Values&) { return Polymorphic<ActionRules>::of(ActionRules()); }}};
}

template <class Type>
std::vector<Type> joined(std::initializer_list<std::vector<Type>> families) {
  std::vector<Type> types;
  for (const auto& family : families) types.insert(types.end(), family.begin(), family.end());
  return types;
}

// `bsh` and `trailing-stop-bsh` are near to BSH and TrailingStopBSH, whatever their case.
std::string plain(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

std::string hint(std::string_view name, const std::vector<std::string_view>& names) {
  std::vector<std::string> known;
  for (const auto& other : names) known.push_back(plain(other));
  const auto best = std::ranges::find(known, base::nearest(plain(name), known));
  if (best == known.end()) return "";
  return fmt::format(" (did you mean \"{}\"?)", names[static_cast<std::size_t>(best - known.begin())]);
}

template <class Type>
const Type& found(const std::vector<Type>& types, std::string_view name, std::string_view what) {
  const auto type = std::ranges::find(types, name, &Type::name);
  if (type != types.end()) return *type;
  std::vector<std::string_view> names;
  for (const auto& other : types) names.push_back(other.name);
  throw base::Error(base::Failure::usage, fmt::format("unknown {} \"{}\"{}; there are {}", what, name,
                                                      hint(name, names), fmt::join(names, ", ")));
}

}  // namespace

const std::vector<ActionType>& action_types() {
  static const auto all = joined({plain_types(), stop_types(), delay_types(), size_types()});
  return all;
}

const std::vector<RewardType>& reward_types() {
  static const auto all = joined({position_reward_types(), net_worth_reward_types()});
  return all;
}

const ActionType& action_type(std::string_view name) { return found(action_types(), name, "action scheme"); }

const RewardType& reward_type(std::string_view name) { return found(reward_types(), name, "reward scheme"); }

}  // namespace ctt::environment
