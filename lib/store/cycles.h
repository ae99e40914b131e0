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

struct NewCycle {
  std::string schedule_id;
  base::Instant slot_at{};
  std::int64_t pid = 0;
  std::string process;
  std::optional<std::int64_t> parent_model_version;
};
struct SkippedSlots {
  std::string schedule_id;
  base::Instant slot_at{};  ///< the first of them
  std::int64_t slots = 1;
  std::string reason;
  std::string message;
};
struct CycleStart {
  std::string experiment_id;
  std::optional<std::string> parent_experiment_id;
  std::optional<std::int64_t> parent_model_version;
  base::Seconds window_first{};
  base::Seconds window_last{};
  std::int64_t bars = 0;
  std::optional<std::string> snapshot_sha256;
  std::optional<std::string> defects;
  std::int64_t total_iterations = 0;
};
struct CycleProgress {
  std::int64_t iteration = 0;
  std::int64_t total_iterations = 0;
  std::optional<double> reward_mean;
  std::optional<double> eta_s;
};
struct CycleResult {
  std::optional<std::int64_t> model_version;
  Decision decision = Decision::none;
  std::optional<std::string> decision_reason;
  std::string metrics = "{}";
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

namespace cycles {

/// A new running cycle with the schedule's next number; the schedule's current_cycle and
/// last_cycle_at follow. Throws Error(busy) when the schedule has a running cycle.
Cycle claim(Transaction& change, const NewCycle& cycle, base::Instant now);

/// A row for slots in which nothing ran; appends `continuous_cycle_skipped`.
Cycle skip(Transaction& change, const SkippedSlots& slots, base::Instant now);

// The rest changes a running cycle and throws Error(refused) when it has ended meanwhile.

/// Journals the step that begins now; once started, also a progress event with its phase.
void enter(Transaction& change, std::int64_t id, Step step, base::Instant now);
/// The window is known and an experiment begins: appends `continuous_cycle_start`.
void start(Transaction& change, std::int64_t id, const CycleStart& start, base::Instant now);
/// Appends `continuous_cycle_progress`.
void progress(Transaction& change, std::int64_t id, const CycleProgress& progress, base::Instant now);
/// What is wrong with its candles: a JSON object.
void set_defects(Transaction& change, std::int64_t id, std::string_view defects);
void set_candidate(Transaction& change, std::int64_t id, std::string_view sha256);
void set_model(Transaction& change, std::int64_t id, std::int64_t model_version);
/// Appends `continuous_cycle_complete`.
void complete(Transaction& change, std::int64_t id, const CycleResult& result, base::Instant now);
/// Appends `continuous_cycle_failed`.
void fail(Transaction& change, std::int64_t id, std::string_view reason, std::string_view message,
          base::Instant now);
/// The same, with status cancelled and reason `cancelled`.
void cancel(Transaction& change, std::int64_t id, std::string_view message, base::Instant now);
/// Ends a claimed cycle that never started as skipped. Throws std::invalid_argument when it did start.
void give_up(Transaction& change, std::int64_t id, std::string_view reason, std::string_view message,
             base::Instant now);

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
