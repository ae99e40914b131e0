#pragma once

#include "base/json.h"
#include "report/document.h"

namespace ctt::report {

/// The `audit` of a session's document.
ReportDocument::SessionGap read_gap(base::JsonObject json);

}  // namespace ctt::report
