#pragma once

#include "base/time.h"
#include "schedule/config.h"
#include "store/schedules.h"

#include <optional>
#include <string>
#include <string_view>

namespace ctt::schedule {

/// Asking for the state that is already there is no error.
enum class ControlOutcome { done, already };

struct StartRequest {
  std::string name;                ///< a slug, or what a slug can be made of
  std::string base_experiment_id;  ///< with a checkpoint
  std::string dataset_id;
  std::string hp_pack_id;
  Config config;
};

// Every change appends `continuous_status_change` in the same transaction. Schedules are named by
// id; Error(not_found) when there is none.

/// Makes a schedule active: a new one, or one that was stopped, which then takes the new settings
/// and keeps its history. `already` when it is active (nothing changes, whatever was asked for).
/// Throws Error(refused) when it is paused, Error(not_found) for a missing experiment (or one
/// without a checkpoint), dataset or pack, Error(usage) for settings beyond their limits or a gate that
/// nothing can pass.
[[nodiscard]] ControlOutcome start(store::Transaction& change, const StartRequest& request,
                                   base::Instant now);

/// To idle, from any status.
[[nodiscard]] ControlOutcome stop(store::Transaction& change, std::string_view schedule_id,
                                  const std::optional<std::string>& reason, base::Instant now);
/// Active to paused. Throws Error(refused) when it is stopped.
[[nodiscard]] ControlOutcome pause(store::Transaction& change, std::string_view schedule_id,
                                   const std::optional<std::string>& reason, base::Instant now);
/// Paused or stopped to active, with the settings that it has; the next slot is the first one after `now`.
[[nodiscard]] ControlOutcome resume(store::Transaction& change, std::string_view schedule_id,
                                    base::Instant now);

/// Cycles train but nothing deploys.
[[nodiscard]] ControlOutcome freeze(store::Transaction& change, std::string_view schedule_id,
                                    const std::optional<std::string>& reason, base::Instant now);
[[nodiscard]] ControlOutcome unfreeze(store::Transaction& change, std::string_view schedule_id,
                                      base::Instant now);

/// The next slot is recorded as skipped. Throws Error(refused) unless active.
[[nodiscard]] ControlOutcome skip_next(store::Transaction& change, std::string_view schedule_id,
                                       base::Instant now);

/// New settings from the next slot on. `already` when they are the same.
[[nodiscard]] ControlOutcome update(store::Transaction& change, std::string_view schedule_id,
                                    const Config& config, base::Instant now);

/// The stored settings of a schedule.
Config config_of(const store::Schedule& schedule);

}  // namespace ctt::schedule
