#pragma once

#include "base/time.h"
#include "store/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// One line of the event log, which everything outside follows. `payload` is a JSON object without
/// type, seq and ts, flat but for `metrics` of `continuous_cycle_complete`.
struct Event {
  std::int64_t seq = 0;  ///< row id; rises strictly and is never used again
  base::Instant ts{};
  std::string type;  ///< `continuous_cycle_start`, ...
  std::optional<std::string> schedule_id;
  std::optional<std::int64_t> cycle_number;
  std::string payload = "{}";

  /// The frame a client gets: `{"type":...,"seq":...,"ts":..., <payload>}`.
  std::string json() const;
};

/// What lies between two looks at the log.
struct EventQuery {
  std::int64_t since = 0;  ///< only events with a greater seq
  std::optional<std::string> type;
  std::optional<base::Instant> from;  ///< only events of this moment or later
  std::size_t limit = 1000;
  std::optional<std::string> schedule_id = {};
};

namespace events {

/// What this program appends; the log of an older or newer one may hold others.
inline constexpr std::string_view kTypes[] = {"continuous_status_change",
                                              "continuous_cycle_start",
                                              "continuous_cycle_progress",
                                              "continuous_cycle_complete",
                                              "continuous_cycle_failed",
                                              "continuous_cycle_skipped",
                                              "continuous_model_deployed",
                                              "continuous_schedule_deleted",
                                              "live_model_updated",
                                              "live_halt_change",
                                              "experiment_start",
                                              "training_update",
                                              "experiment_end",
                                              "command_failed"};

/// Appends an event and returns its seq. The functions that change state call it themselves.
std::int64_t append(Transaction& change, const Event& event);

/// Oldest first.
std::vector<Event> list(Database& database, const EventQuery& query);
std::vector<Event> since(Database& database, std::int64_t seq, std::size_t limit = 1000);

/// The newest seq ever given, 0 when there was none.
std::int64_t last_seq(Database& database);

/// False when events after `seq` (progress aside) have been dropped: the client has to refetch.
bool complete_since(Database& database, std::int64_t seq);

/// How long events are kept before `prune` drops them. Those of a cycle go together, so long after its end;
/// none of a cycle that runs goes. Progress, which tells of a moment, is kept for a day.
struct EventRetention {
  std::optional<std::chrono::seconds> kept;  ///< nothing: for ever, progress aside
};
std::int64_t count_prunable(Database& database, const EventRetention& rule, base::Instant now);
/// Drops them and returns how many. Whoever asks for the events after a seq that is gone is told by
/// `complete_since`.
std::int64_t prune(Transaction& change, const EventRetention& rule, base::Instant now);

}  // namespace events
}  // namespace ctt::store
