#pragma once

#include "base/time.h"
#include "store/cycles.h"
#include "store/states.h"
#include "store/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ctt::store {

/// What is known of a cycle when it is claimed.
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

/// The writing half of `store::cycles`: each change of a cycle, and with it the event that tells of it.
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
/// Another process goes on with it, and with the experiment of its training.
void take_over(Transaction& change, std::int64_t id, std::int64_t pid, std::string_view process);
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

}  // namespace cycles
}  // namespace ctt::store
