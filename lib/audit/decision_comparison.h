#pragma once

#include "audit/audit.h"
#include "trader/audit.h"

namespace ctt::audit {

/// Says of each decision of the audit's timeline how it stands to the replay's, and why it differs: fills all of the
/// audit that is about decisions and bars. The replay and the fills have to be there.
///
/// - `recomputed`: of all decisions of the record.
void compare_decisions(const SessionRecord& record, const trader::AuditReport& recomputed,
                       SessionAudit& audit);

}  // namespace ctt::audit
