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

/// What was done for one slot; also the journal that the next run after a crash reads.
///
/// A row starts as `running` (or as `skipped` at once) and ends exactly once. The step it is in is
/// written before the step begins. `continuous_cycle_start` is appended when the window is known
/// (`start`); from then on a cycle can no longer end as skipped.
struct Cycle {
  std::int64_t id = 0;  ///< row id, over all schedules
  std::string schedule_id;
  std::int64_t number = 0;  ///< 1 .. within its schedule
  CycleStatus status = CycleStatus::running;
  Step step = Step::claim;
  base::Instant slot_at{};  ///< the due time
  std::int64_t slots = 1;   ///< slots this row stands for; more than 1 for missed ones
  base::Instant started_at{};
  std::optional<base::Instant> finished_at;
  std::optional<base::Seconds> window_first;  ///< opening times of the first and the last bar
  std::optional<base::Seconds> window_last;
  std::optional<std::int64_t> bars;
  std::optional<std::string> snapshot_sha256;
  std::optional<std::string> defects;  ///< JSON object of the data report
  std::optional<std::string> experiment_id;
  std::optional<std::string> parent_experiment_id;
  std::optional<std::int64_t> parent_model_version;
  std::optional<std::string> candidate_sha256;  ///< the learner's checkpoint, published or not
  std::optional<std::int64_t> model_version;    ///< once published
  Decision decision = Decision::none;
  std::optional<std::string> decision_reason;
  std::optional<std::string> reason;   ///< code of a skip or failure: launcher_busy, missed, ...
  std::optional<std::string> message;  ///< and its sentence
  std::optional<std::string> metrics;  ///< JSON object
  std::int64_t iterations_done = 0;
  std::int64_t total_iterations = 0;
  std::optional<double> reward_mean;  ///< of the newest iteration
  std::optional<double> eta_s;
  std::int64_t pid = 0;        ///< who runs it
  std::string process;         ///< identity of that process beyond its pid
  std::int64_t start_seq = 0;  ///< seq of its start event; 0 before
};

/// A row of history: a cycle and what became of its model.
struct CycleRecord {
  Cycle cycle;
  std::optional<std::string> checkpoint_sha256;  ///< of the published model
  std::optional<base::Instant> deployed_at;      ///< when a trader first confirmed it
  std::optional<base::Instant> undeployed_at;    ///< nothing while it serves
  bool live = false;
  std::optional<std::string> refusal = {};  ///< why the trader did not take it, or gave it back
};

struct HistoryQuery {
  std::optional<std::string> schedule_id;
  std::optional<CycleStatus> result;
  std::optional<std::int64_t> before;  ///< only cycle numbers below
  std::size_t limit = 50;
};
/// Slots by how they ended: a health line's "15 of 17 slots trained".
struct SlotCounts {
  std::int64_t completed = 0, failed = 0, skipped = 0, cancelled = 0, running = 0;
  std::int64_t total() const { return completed + failed + skipped + cancelled + running; }
};

/// The reading half; changes are in store/cycle_journal.h.
namespace cycles {

Cycle get(Database& database, std::int64_t id);
/// Cycle 17 of a schedule. Throws Error(not_found).
Cycle get(Database& database, std::string_view schedule_id, std::int64_t number);
CycleRecord record(Database& database, std::string_view schedule_id, std::int64_t number);
std::optional<Cycle> running(Database& database, std::string_view schedule_id);
std::vector<Cycle> all_running(Database& database);
std::optional<Cycle> last_completed(Database& database, std::string_view schedule_id);
/// The newest ones, newest first.
std::vector<Cycle> recent(Database& database, std::string_view schedule_id, std::size_t limit);
/// Newest first.
std::vector<CycleRecord> history(Database& database, const HistoryQuery& query);
/// How many rows the query has without `before` and `limit`.
std::int64_t count(Database& database, const HistoryQuery& query);
SlotCounts slot_counts(Database& database, std::string_view schedule_id);

}  // namespace cycles
}  // namespace ctt::store
