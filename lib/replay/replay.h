#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cycle/launcher.h"
#include "replay/replay_folder.h"
#include "replay/result_document.h"
#include "replay/slurm_lineages.h"
#include "store/replays.h"
#include "store/state_context.h"

namespace ctt::replay {

/// How far a lineage is.
struct LineageStatus {
  Arm arm = Arm::never;
  int seed = 1;
  std::size_t point = 0;
  std::size_t cycles = 0, slots = 0;
  double return_pct = 0;  ///< so far
  bool begun = false, done = false;
};

struct ReplayContext : store::StateContext {
  cycle::LaunchOptions launch{};
  int jobs = 1;
  std::uintmax_t cache_bytes_max = 0;
  std::optional<ReplayCluster>
      cluster{};  ///< run the lineages in Slurm instead of in threads of this process
  /// Now and then, on the calling thread, with all lineages in the order of the result.
  std::function<void(const std::vector<LineageStatus>&)> on_progress{};
};

/// Keeps a new replay with its candles: folder, then row. Nothing runs yet. Returns its id.
/// Throws Error(data_blocked) for a range without bars, Error(refused) when the base has learned from bars of the
/// range and that is not allowed.
std::string create(const store::StateContext& context, const ReplaySettings& settings,
                   const std::optional<std::string>& schedule_id, const market::CandleSeries& candles);

/// Runs a replay to its end, or goes on with one that was stopped, failed or killed: what was trained is found in the
/// cache, everything else is worked out anew, so that it ends with the same bytes however often it was interrupted,
/// and with whatever number of jobs. One that is completed keeps its result. Threads: `jobs` workers; the caller's tells of progress and writes the row.
///
/// Throws Error(busy) when another process works on it, ReplayStopped when the operator asked to stop (its row says
/// `stopped`), and what went wrong (its row says `failed`).
ReplayResult run(const ReplayContext& context, const std::string& id);

}  // namespace ctt::replay
