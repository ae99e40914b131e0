#pragma once

#include "base/time.h"
#include "store/states.h"
#include "store/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// A continuous training schedule, as stored. Its rules (what is due, legal changes) are in the
/// schedule folder; commands use those functions rather than the setters here.
struct Schedule {
  std::string id;  ///< its slug
  std::string name;
  ScheduleState status = ScheduleState::idle;
  std::string base_experiment_id;
  std::string dataset_id;
  std::string hp_pack_id;
  std::string config = "{}";                           ///< JSON object: schedule::Config
  std::optional<std::string> current_checkpoint_path;  ///< `models/v42`: what the next cycle trains from
  std::optional<std::int64_t> current_model_version;
  std::int64_t current_cycle = 0;  ///< number of the newest cycle, 0 before the first
  std::optional<base::Instant> last_cycle_at;
  std::optional<base::Instant> next_cycle_at;  ///< nothing unless active
  std::optional<base::Instant> activated_at;   ///< when it last became active
  std::optional<std::string> status_reason;    ///< given by whoever stopped or paused it
  bool frozen = false;                         ///< train, deploy nothing
  std::optional<std::string> frozen_reason;
  bool skip_next = false;
  TraderState trader_state = TraderState::active;
  std::optional<base::Instant> trader_state_at;  ///< since when; of active: when it was released
  std::optional<std::string> trader_state_reason;
  std::optional<base::Instant> flatten_at;    ///< since when the position is to be sold; nothing: it is not
  std::optional<std::string> flatten_reason;  ///< there exactly when `flatten_at` is
  base::Instant created_at{};
  base::Instant updated_at{};

  bool halted() const { return trader_state == TraderState::halted; }
};

/// What a status event says besides the row: why, and how healthy the schedule is.
struct StatusNote {
  std::optional<std::string> reason;
  std::optional<std::string> health;  ///< ok, late, stale, failing
};

namespace schedules {

/// Appends `continuous_status_change`. Throws Error(refused) when the name is taken.
void insert(Transaction& change, const Schedule& schedule, const StatusNote& note = {});

/// Writes the whole row as given (id and created_at stay, updated_at becomes `now`) and appends
/// `continuous_status_change` with the status it had. Throws Error(not_found).
void update(Transaction& change, const Schedule& schedule, base::Instant now, const StatusNote& note = {});

/// What the next cycle trains from.
void set_current_model(Transaction& change, std::string_view id, std::int64_t model_version,
                       base::Instant now);

/// Leads the trader of a schedule up (reducing, halted; never down) or releases it, and appends
/// `live_halt_change`. False when it was there or above already.
bool halt_trader(Transaction& change, std::string_view id, std::string_view reason, base::Instant now);
bool reduce_trader(Transaction& change, std::string_view id, std::string_view reason, base::Instant now);
/// A release takes a flattening back as well.
bool release_trader(Transaction& change, std::string_view id, base::Instant now);

/// Stores that the position of a schedule is to be sold and the trader halted then: the promise holds
/// over restarts, and a trader halted in the meantime keeps it too, until it is finished or taken back.
/// An active trader is reducing from here on. Appends `live_halt_change`. False when it was wanted
/// already: the first reason stays.
bool request_flatten(Transaction& change, std::string_view id, std::string_view reason, base::Instant now);
/// Nothing is left to sell: halts the trader for `outcome` and appends `live_halt_change`, unless it is
/// halted for that already.
void finish_flatten(Transaction& change, std::string_view id, std::string_view outcome, base::Instant now);
/// The operator wants it no more; the state stays. False when none was wanted.
bool withdraw_flatten(Transaction& change, std::string_view id, base::Instant now);

std::optional<Schedule> find(Database& database, std::string_view id);
/// By name. Throws Error(not_found) with the nearest.
Schedule get(Database& database, std::string_view reference);
/// By name or, without one, the only schedule there is. Throws Error(not_found) when there is none,
/// Error(usage) that lists the names when there are several.
Schedule get_or_only(Database& database, const std::optional<std::string>& reference);
std::vector<Schedule> list(Database& database);

}  // namespace schedules
}  // namespace ctt::store
