#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace ctt::serve {

// Dashboards know two settings of a pack by other names: `num_envs` as `num_rollout_workers`, which packs read
// themselves, and `lr` as `learning_rate`, which stands beside it in answers and is read here.

/// Settings with both names of the learning rate, and `num_rollout_workers` for `num_envs`. `left_out`: a key that
/// is not told.
std::string with_both_names(base::JsonObject settings, std::string_view left_out = "");

/// Settings as a pack has them, from what a client sends back. Of two names that say different rates the one that
/// says another than `known` counts, for that is what somebody changed. Throws Error(usage) when both do. Where nothing
/// is known, of a new pack, `learning_rate` counts.
std::string with_own_names(const base::JsonValue& config, std::optional<double> known);

}  // namespace ctt::serve
