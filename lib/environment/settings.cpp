#include "environment/settings.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/names.h"
#include "environment/scheme_catalogue.h"

namespace ctt::environment {

using base::Error;
using base::Failure;

namespace {

template <class Type>
std::vector<std::string> names(const std::vector<Type>& types) {
  std::vector<std::string> out;
  for (const auto& type : types) out.emplace_back(type.name);
  return out;
}

void check_return_algorithm(const RewardType& type, std::string_view algorithm) {
  if (type.return_algorithms.empty()) {
    if (algorithm == "sharpe") return;
    std::vector<std::string_view> with;
    for (const auto& other : reward_types()) {
      if (!other.return_algorithms.empty()) with.push_back(other.name);
    }
    throw Error(Failure::usage, fmt::format("reward scheme {} has no return_algorithm; only {} has",
                                            type.name, fmt::join(with, ", ")));
  }
  const std::vector<std::string> known(type.return_algorithms.begin(), type.return_algorithms.end());
  if (std::ranges::find(known, algorithm) != known.end()) return;
  throw Error(Failure::usage, fmt::format("unknown return_algorithm \"{}\"{}: it is {}", algorithm,
                                          base::did_you_mean(algorithm, known), fmt::join(known, " or ")));
}

void demand(bool holds, std::string_view setting, std::string_view wanted, double value) {
  if (!holds) throw Error(Failure::usage, fmt::format("{} must be {}, not {}", setting, wanted, value));
}

constexpr auto kFills = base::names_of<Fill>({{Fill::close, "close"}, {Fill::next_open, "next_open"}});
constexpr std::size_t kLongestWindow = 100000;

}  // namespace

Fill parse_fill(std::string_view name) {
  if (const auto fill = kFills.find(name)) return *fill;
  throw Error(Failure::usage, fmt::format("unknown fill \"{}\"{}: it is close or next_open", name,
                                          base::did_you_mean(name, kFills.all())));
}

std::string_view name(Fill fill) { return kFills.name(fill); }

ActionSchemeSpec ActionSchemeSpec::parse(std::string_view name,
                                         const std::map<std::string, double>& parameters) {
  const auto& type = action_type(name);
  const auto owner = fmt::format("action scheme {}", type.name);
  ActionSchemeSpec spec{std::string(type.name), base::complete(type.parameters, parameters, owner)};
  if (const auto objection = type.objection(spec.parameters); !objection.empty()) {
    throw Error(Failure::usage, fmt::format("{}: {}", owner, objection));
  }
  return spec;
}

int ActionSchemeSpec::action_count() const { return action_type(name).action_count; }

RewardSchemeSpec RewardSchemeSpec::parse(std::string_view name,
                                         const std::map<std::string, double>& parameters,
                                         std::string_view return_algorithm) {
  const auto& type = reward_type(name);
  check_return_algorithm(type, return_algorithm);
  return {std::string(type.name),
          base::complete(type.parameters, parameters, fmt::format("reward scheme {}", type.name)),
          std::string(return_algorithm)};
}

bool RewardSchemeSpec::has_return_algorithm() const { return !reward_type(name).return_algorithms.empty(); }

std::map<std::string, double> reward_scheme_defaults(std::string_view name) {
  return base::complete(reward_type(name).parameters, {}, name);
}

std::vector<std::string> action_scheme_names() { return names(action_types()); }

std::vector<std::string> reward_scheme_names() { return names(reward_types()); }

void validate(const Settings& settings) {
  const auto& s = settings;
  ActionSchemeSpec::parse(s.action_scheme.name, s.action_scheme.parameters);
  RewardSchemeSpec::parse(s.reward_scheme.name, s.reward_scheme.parameters, s.reward_scheme.return_algorithm);
  demand(s.commission_fraction >= 0 && s.commission_fraction <= 0.5, "commission", "a fraction from 0 to 0.5",
         s.commission_fraction);
  demand(s.initial_cash >= 1e-6 && s.initial_cash <= 1e12, "initial_cash", "from 0.000001 to 1e12",
         s.initial_cash);
  demand(s.window_size >= 1 && s.window_size <= kLongestWindow, "window_size", "from 1 to 100000",
         static_cast<double>(s.window_size));
  demand(s.max_allowed_loss > 0 && s.max_allowed_loss <= 1, "max_allowed_loss", "above 0 and at most 1",
         s.max_allowed_loss);
  demand(s.random_start_pct >= 0 && s.random_start_pct <= 1, "random_start_pct", "from 0 to 1",
         s.random_start_pct);
  demand(s.start_half_life >= 0 && s.start_half_life <= 1e9, "start_half_life", "from 0 to 1e9",
         s.start_half_life);
}

std::size_t observation_size(const Settings& settings, std::size_t feature_columns) {
  return settings.window_size * feature_columns + (settings.account_columns ? kAccountColumns : 0);
}

}  // namespace ctt::environment
