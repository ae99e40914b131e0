#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace ctt::upkeep {

/// How bad a condition is. `notice`: worth knowing, and all is well; `warning`: look at it; `critical`: act now.
enum class HealthLevel { ok, notice, warning, critical };
std::string_view name(HealthLevel level);

/// Something that holds of a schedule, its trader or the machine and that an operator should know.
struct HealthCondition {
  std::string code;  ///< `trader_gone`: what scripts and alarms match; docs/health.md lists them
  HealthLevel level = HealthLevel::ok;
  std::string reason;                    ///< one sentence
  std::string command{};                 ///< that helps, as it can be run; empty when there is none
  std::optional<base::Instant> since{};  ///< since when it holds, as far as that is known
};

}  // namespace ctt::upkeep
