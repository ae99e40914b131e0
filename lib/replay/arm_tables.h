#pragma once

#include <string>
#include <vector>

#include "replay/comparison.h"
#include "replay/lineage.h"

namespace ctt::replay {

// Parts of a result that are lists of rows. `arms`: the lineages of each arm, in the order in which they are shown.

/// `[{"arm","median","lowest","highest","seeds"}]`: the metrics of each arm.
std::string arms_json(const std::vector<std::vector<const LineageRun*>>& arms,
                      const market::Timeframe& timeframe);

/// `[{"arm","seed","number","slot",...}]`: the cycles of each lineage.
std::string cycles_json(const std::vector<std::vector<const LineageRun*>>& arms);

/// `{"arm","against","mean_pct",...}`.
std::string json_of(const PairedComparison& comparison);

}  // namespace ctt::replay
