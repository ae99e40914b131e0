#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// A new id: the prefix and 12 random hex digits, `exp-9f31c0aa5b0e`.
std::string new_id(std::string_view prefix);

/// `BTC hourly` becomes `btc-hourly`: lower-case letters, digits and single hyphens.
/// Throws Error(usage) when nothing is left.
std::string slug(std::string_view name);

/// The name of a new `noun` (dataset, pack, schedule), which is its id: a slug as it was given, nothing altered.
/// Throws Error(usage) that says what a name is, and the slug that could have been meant.
std::string checked_slug(std::string_view noun, std::string_view name);

/// The name of a new experiment: 1 to 64 letters, digits and `.`, `_`, `-`, `+`, beginning with a letter or
/// digit, and not in the form of an experiment's id. Throws Error(usage).
std::string checked_experiment_name(std::string_view name);

/// True for 1 to 40 lower-case letters, digits and hyphens that start with a letter or digit.
bool is_slug(std::string_view text);

/// What a reference can mean.
struct Named {
  std::string id;
  std::string name;
};

/// The id that `reference` means among `known`: an id, a name, or the beginning of exactly one id
/// (6 characters at least, the prefix before the hyphen not counted).
/// Throws Error(not_found) with the nearest name and `list_command` as its fix, Error(usage) when
/// several match.
std::string resolve(std::string_view noun, std::string_view reference, const std::vector<Named>& known,
                    std::string_view list_command);

}  // namespace ctt::store
