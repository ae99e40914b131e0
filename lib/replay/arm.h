#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ctt::replay {

/// A rule for what serves.
///
/// - `never`: the base for ever.
/// - `always`: every candidate that loads. `gated`: what the schedule's gate lets through.
/// - `scratch`: a new policy on each window, trained from nothing with the base's iterations and rate.
/// - `placebo`: as `always`, trained on windows whose order is gone (see permuted).
/// - `hold`: all cash invested at the first decision. `flat`: nothing, ever.
/// - `traded`, `replayed`: what a session of a trader did, and its replay; no arms to choose.
enum class Arm { never, always, gated, scratch, placebo, hold, flat, traded, replayed };

std::string_view name(Arm arm);
/// Reads `never,always,gated`, each once. Throws Error(usage) naming what it does not know.
std::vector<Arm> parse_arms(std::string_view list);

/// True when a policy serves in it, false of `hold` and `flat`.
constexpr bool has_policy(Arm arm) { return arm != Arm::hold && arm != Arm::flat; }
/// True when its slots train.
constexpr bool trains(Arm arm) { return has_policy(arm) && arm != Arm::never; }

}  // namespace ctt::replay
