#pragma once

#include "store/cycles.h"
#include "store/sql.h"

// For the .cpp files of this folder only: how a cycle's row is read.

namespace ctt::store {

inline constexpr auto kCycleColumns =
    "cycles.id, cycles.schedule_id, cycles.cycle_number, cycles.status, cycles.step, cycles.slot_at, "
    "cycles.slots, "
    "cycles.started_at, cycles.finished_at, cycles.window_first, cycles.window_last, cycles.bars, "
    "cycles.snapshot_sha256, cycles.defects, cycles.experiment_id, cycles.parent_experiment_id, "
    "cycles.parent_model_version, cycles.candidate_sha256, cycles.model_version, cycles.decision, "
    "cycles.decision_reason, cycles.reason, cycles.message, cycles.metrics, cycles.iterations_done, "
    "cycles.total_iterations, cycles.reward_mean, cycles.eta_s, cycles.pid, cycles.process, cycles.start_seq";

Cycle read_cycle(Query& row);

}  // namespace ctt::store
