#pragma once

#include <string>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// What a replay came to, for a terminal: the answer, a table of the arms, their equity, where the files lie.
///
/// - `result`: a document `ctt.replay.result/1`.
std::string result_text(const Context& context, const std::string& id, const std::string& result,
                        const std::string& folder);

/// The equity of each arm of a point of it, all on one scale; empty where nothing moved.
std::string equity_curves(const Context& context, base::JsonObject& point);

}  // namespace ctt::cmd
