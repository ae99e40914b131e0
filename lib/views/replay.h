#pragma once

#include "base/home.h"
#include "base/json.h"
#include "store/replays.h"

namespace ctt::views {

/// The fields of a replay, into an object that is open: how it stands, how far it is, what it came to.
void add_replay(base::JsonWriter& json, const base::Home& home, const store::Replay& replay);

/// Of a completed one's `result.json` what is told in tables: the sentence with its verdict and, for each point of the
/// grid, medians and ranges of the arms, comparisons and gate. Curves, months and slots are left to the report.
/// Throws Error(usage) for another document.
std::string result_tables(const std::string& result_json);

}  // namespace ctt::views
