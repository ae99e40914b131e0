#pragma once

#include <string_view>
#include <vector>

#include "base/json.h"
#include "report/document.h"

namespace ctt::report {

/// The number, or nothing when it is absent or null.
ReportDocument::Number number_of(base::JsonObject& json, std::string_view key);

/// The items of a list; none when it is absent or null.
std::vector<base::JsonValue> items_of(base::JsonObject& json, std::string_view key);

/// Each key with its value as a text, lists joined by commas; what is null is left out.
ReportDocument::Words words_in(base::JsonObject json);

/// One entry of `points`. Throws Error(usage) for a series that is not as long as its times.
ReportDocument::Point read_point(base::JsonObject json);

}  // namespace ctt::report
