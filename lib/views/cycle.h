#pragma once

#include "base/json.h"
#include "store/cycles.h"

namespace ctt::views {

/// The fields of a Cycle object of the web contract, into an object that is open.
void add_cycle(base::JsonWriter& json, const store::CycleRecord& record);

}  // namespace ctt::views
