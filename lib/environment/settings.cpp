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
using base::Range;

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

constexpr auto kFills = base::names_of<Fill>({{Fill::close, "close"}, {Fill::next_open, "next_open"}});

// In the order in which a pack is written.
constexpr base::NumberMember<EpisodeSettings> kNumbers[] = {
    {"initial_cash", &EpisodeSettings::initial_cash, Range::from(1e-6, 1e12)},
    {"window_size", &EpisodeSettings::window_size, Range::whole(1, 10'000)},
    {"max_episode_steps", &EpisodeSettings::max_episode_steps, Range::whole(0, kStepsMax)},
    {"max_allowed_loss", &EpisodeSettings::max_allowed_loss, Range::above(0, 1)},
    {"random_start_pct", &EpisodeSettings::random_start_pct, Range::from(0, 1)},
    {"start_half_life", &EpisodeSettings::start_half_life, Range::from(0, 1e9)},
};

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

std::span<const base::NumberMember<EpisodeSettings>> number_settings() { return kNumbers; }

void validate(const EpisodeSettings& settings) {
  const auto& action = settings.action_scheme;
  const auto& reward = settings.reward_scheme;
  ActionSchemeSpec::parse(action.name, action.parameters);
  RewardSchemeSpec::parse(reward.name, reward.parameters, reward.return_algorithm);
  market::validate(settings.costs);
  for (const auto& [name, member, range] : kNumbers) {
    const auto number = std::visit([&](auto of) { return static_cast<double>(settings.*of); }, member);
    if (!range.holds(number)) {
      throw Error(Failure::usage, fmt::format("{} must be {}, not {}", name, range.words(), number));
    }
  }
}

std::size_t observation_size(const EpisodeSettings& settings, std::size_t feature_columns) {
  return settings.window_size * feature_columns + (settings.account_columns ? kAccountColumns : 0);
}

}  // namespace ctt::environment
