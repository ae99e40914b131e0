#pragma once

#include "audit/audit.h"

namespace ctt::audit {

/// Takes the gap apart: fills `recorded`, `gap`, `by_model` and `rounding` of an audit whose replay and fills are there.
///
/// - `start`: the account at the first bar.
/// - `seen_alone` [timeline]: the equity of the replay that sees the recorded bars alone.
void explain_gap(SessionAudit& audit, const SessionRecord& record, const environment::Account::Books& start,
                 const std::vector<double>& seen_alone);

}  // namespace ctt::audit
