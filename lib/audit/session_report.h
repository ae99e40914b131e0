#pragma once

#include <string>

#include "audit/audit.h"
#include "store/cycles.h"

namespace ctt::audit {

/// What a session came to, in one sentence: its return, that of its replay, and where the gap comes from.
std::string sentence_of(const SessionRecord& record, const SessionAudit& audit);

/// A session beside its replay, told as a replay is: a document `ctt.replay.result/1` of the kind `session`, with the
/// arms `traded`, `replayed` and `hold`.
///
/// - `cycles`: of the schedule; those whose slot lies in the range are shown.
/// - `command`: the line that makes the report again.
std::string report_document(const SessionRecord& record, const SessionAudit& audit,
                            const std::vector<store::CycleRecord>& cycles, const std::string& command);

}  // namespace ctt::audit
