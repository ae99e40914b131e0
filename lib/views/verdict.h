#pragma once

#include <string>

#include "base/json.h"
#include "upkeep/verdict.h"

namespace ctt::views {

/// A verdict as one object: `level`, and of the worst condition `condition` (its code), `reason`, `command` and
/// `since`, null when there is none; then all `conditions` with the same fields, worst first.
std::string verdict_json(const upkeep::HealthVerdict& verdict);

/// `{"schedule_id","verdict"}`, without a schedule null: what `hello` lists, and the tail of a `verdict_change` frame,
/// into an object that is open.
void add_verdict_of(base::JsonWriter& json, const std::optional<std::string>& schedule_id,
                    const upkeep::HealthVerdict& verdict);

}  // namespace ctt::views
