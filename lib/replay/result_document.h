#pragma once

#include <string>
#include <vector>

#include "replay/lineage.h"
#include "replay/settings.h"
#include "replay/trials.h"

namespace ctt::replay {

/// What a replay came to.
struct ReplayResult {
  std::string sentence;      ///< the answer
  std::string json;          ///< `ctt.replay.result/1`, docs/replay.md; follows from the arguments alone
  std::vector<Trial> tried;  ///< the points of this replay
};

/// - `lineages`: all of them, by point, then arm, then seed.
/// - `earlier`: what was tried on the dataset before.
ReplayResult result_of(const ReplaySettings& settings, const std::vector<LineageRun>& lineages,
                       const MarketHistory& history, const std::string& candles_sha256,
                       const std::vector<Trial>& earlier);

/// Rows for pandas and R: `point,arm,seed,time,equity,position_value`, and so on; a header each.
std::string equity_csv(const std::vector<LineageRun>& lineages);
std::string trades_csv(const std::vector<LineageRun>& lineages);
std::string cycles_csv(const std::vector<LineageRun>& lineages);

}  // namespace ctt::replay
