#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"
#include "store/states.h"

// Counts over a schedule's whole life, for who draws them over time. Rows that were pruned are not among them.

namespace ctt::store {

/// Slots by how they ended and why.
struct CycleTally {
  CycleStatus status = CycleStatus::completed;
  std::string reason;  ///< code of a skip or failure; of a completed one `deployed`, `held` or `rejected`
  std::int64_t count = 0;
};
std::vector<CycleTally> cycle_tallies(Database& database, std::string_view schedule_id);

/// Fills of its traders, replays aside, by side.
struct FillTally {
  Side side = Side::none;
  std::int64_t count = 0;
  double commission = 0;  ///< quote currency
  double volume = 0;      ///< quote currency
};
std::vector<FillTally> fill_tallies(Database& database, std::string_view schedule_id);

}  // namespace ctt::store
