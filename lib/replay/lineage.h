#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "replay/arm.h"
#include "replay/market_history.h"
#include "replay/simulated_trader.h"
#include "replay/training_cache.h"

namespace ctt::replay {

/// What became of a slot. The gate's words; `served` of `always` and `placebo` follows from loading alone.
enum class SlotOutcome { passed, rejected, undecided, skipped, failed };
std::string_view name(SlotOutcome outcome);

struct ReplayedCycle {
  std::int64_t number = 0;
  base::Instant slot{};
  std::optional<base::Seconds> window_first{};
  std::optional<base::Seconds> window_last{};
  SlotOutcome outcome = SlotOutcome::skipped;
  std::string reason{};  ///< a sentence unless it passed
  bool served = false;
  std::int64_t latency_bars = 0;               ///< from the slot until the candidate serves
  std::optional<base::Instant> serves_from{};  ///< of a served one
  std::string sha256{};                        ///< of the candidate; empty without one
  std::optional<double> oos_pct{};             ///< candidate and parent on the held-back bars
  std::optional<double> parent_oos_pct{};
  /// What the gate says of a placebo that was trained from the same parent; of a lineage that tries its gate.
  std::optional<SlotOutcome> placebo_outcome{};
};

/// One arm, one seed, one point of the grid: a chain of cycles, each from the one before.
struct LineageRun {
  std::size_t point = 0;
  Arm arm = Arm::never;
  int seed = 1;
  std::string base_sha256{};
  std::vector<ReplayedCycle> cycles{};
  AccountHistory account{};
  std::vector<ReplayFill> fills{};
  std::size_t swaps = 0;
};

struct LineageTask {
  std::size_t point = 0;
  Arm arm = Arm::never;
  int seed = 1;
  cycle::FineTuning tuning{};  ///< of the point, with the seed's base_seed
  cycle::TrainingParent base{};
  std::size_t base_iterations = 0;  ///< of `scratch`
  bool tries_gate = false;          ///< a placebo of each candidate's parent is put before the gate, too
  base::Seconds first{};            ///< opening time of the first bar that is decided on
  base::Seconds last{};             ///< of the last bar
  double cash = 10'000;
  std::optional<std::chrono::seconds> latency{};  ///< nothing: what each training took
};

/// After each slot, on the thread of the lineage.
using LineageProgress = std::function<void(const LineageRun& so_far)>;

/// Thrown when the operator asked to stop; what was trained is kept.
struct ReplayStopped : std::exception {
  const char* what() const noexcept override { return "the replay was stopped"; }
};

/// `hold` and `flat`, which have no decision but the first; of the task all that trains is left out.
LineageRun run_without_policy(const LineageTask& task, std::span<const market::Candle> bars);

/// The slots of a schedule in which a replay of these bars trains.
std::vector<base::Instant> slots_of(const LineageTask& task);

/// Makes the training of a slot of `scratch`, counted from 0, which the lineage then finds in the cache. What stands in
/// its way the lineage meets itself.
void train_ahead(const LineageTask& task, std::size_t slot, const MarketHistory& history,
                 TrainingCache& cache);

/// Runs a lineage from its first bar to its last: the cycles of `ctt cycle run`, and between them the decision
/// loop of `ctt trade` on a simulated broker, without limits of risk. Pure but for the cache: the same task on the
/// same bars gives the same lineage. Throws ReplayStopped, and what stands in the way of a training.
LineageRun run_lineage(const LineageTask& task, const MarketHistory& history, TrainingCache& cache,
                       const LineageProgress& progress);

}  // namespace ctt::replay
