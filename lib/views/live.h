#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "store/live_decisions.h"
#include "store/live_sessions.h"
#include "store/live_trades.h"
#include "upkeep/measured_costs.h"

namespace ctt::views {

/// What a trader stands at, into an object that is open; `session` null: there was none.
void add_live_status(base::JsonWriter& json, const store::LiveSession* session, bool running);

/// One run of the trader, into an object that is open.
void add_session(base::JsonWriter& json, const store::LiveSession& session);

/// One fill, into an object that is open.
void add_trade(base::JsonWriter& json, const store::LiveTrade& trade);

/// What trading has cost, beside what the served model was trained for, as an object; numbers are null without fills.
std::string measured_costs_json(const upkeep::MeasuredCosts& measured);

/// `asset` or `cash`: what an account with so many coins stands in.
const char* position_word(double quantity);

/// A decision as the `live_action` frame: of `ctt trade` and `ctt trade decisions --follow` as of the WebSocket, which
/// names the schedule besides.
base::JsonWriter live_action(const store::LiveDecision& decision,
                             const std::optional<std::string>& schedule_id = std::nullopt);

}  // namespace ctt::views
