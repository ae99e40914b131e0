#pragma once

#include <cstdint>
#include <string>

#include "cycle/experiment.h"
#include "cycle/window_bars.h"
#include "schedule/config.h"

namespace ctt::cycle {

/// Who a series of cycles belongs to, and what it is made from; ids of rows.
struct FineTuningOrigin {
  std::string schedule_id;  ///< of a replay without a schedule: a name of its own
  std::string base_experiment_id;
  std::string dataset_id;
  std::string hp_pack_id;
};

/// What all cycles of a schedule, or of a replay of one, train by. A cycle's training follows from this, its
/// number, its parent and its window, and from nothing else.
struct FineTuning {
  FineTuningOrigin origin;
  schedule::Config config;
  training::Pack pack;  ///< with the schedule's costs
  features::FeatureSet features;
  training::Compute compute;
  double base_learning_rate = 0;
  std::uint64_t base_seed = 0;

  /// Of the base experiment times the multiplier, whatever the generations between.
  double learning_rate() const { return base_learning_rate * config.fine_tune_lr_multiplier; }
  std::size_t held_back() const { return static_cast<std::size_t>(config.holdout_candles); }
  /// Follows from the base experiment's seed and the cycle's number.
  std::uint64_t seed_of(std::int64_t cycle_number) const;

  /// The stored bars that a window may need whose newest one opened at `newest`.
  WindowSpan span(base::Seconds newest) const;
  market::WindowRequest window_request(base::Seconds last) const;
};

/// Reads pack, dataset and base experiment. Throws Error(not_found) for a missing one, Error(usage) naming the
/// key of one that cannot be read.
FineTuning fine_tuning_of(store::Database& database, const FineTuningOrigin& origin,
                          const schedule::Config& config, const training::Compute& compute);

/// Throws Error(refused) when pack and dataset make another policy than the base is.
void refuse_misfit(const FineTuning& tuning, const policy::Contract& trained);

/// The id of a training's experiment, `exp-` and 12 hex digits, which follows from what is trained.
std::string experiment_id_of(const TrainingRequest& request);

/// Whose weights a cycle starts from.
struct TrainingParent {
  std::string sha256;
  std::optional<std::string> experiment_id{};
  std::optional<market::Costs> costs{};  ///< what it was trained for
};

/// The training of cycle `number`: the same arguments give the same request, its experiment's id included, and
/// so the same checkpoint to the byte.
TrainingRequest fine_tuning_request(const FineTuning& tuning, const TrainingParent& parent,
                                    std::int64_t number, const market::Window& window,
                                    const std::string& snapshot_sha256);

}  // namespace ctt::cycle
