#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cycle/deploy.h"
#include "cycle/experiment.h"
#include "cycle/fetch.h"
#include "cycle/retention.h"
#include "evaluation/evaluate.h"
#include "evaluation/gate.h"
#include "store/cycles.h"
#include "store/datasets.h"

namespace ctt::cycle {

/// Hears what a cycle does while it does it; for the terminal, the log, a test.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void window_taken(const store::Cycle&, const market::Window&, const FetchReport&,
                            std::int64_t /*parent_version*/) {}
  virtual void iteration(const store::Cycle&, const training::IterationMetrics&) {}
  virtual void judged(const store::Cycle&, const evaluation::Evaluation&, const evaluation::GateVerdict&) {}
  virtual void nudged(const store::Cycle&, std::int64_t /*version*/, const NudgeReport&) {}
  virtual void ended(const store::Cycle&) {}
};

/// What cycles need from their surroundings.
struct Surroundings {
  store::Database& database;
  const base::Home& home;
  const base::Clock& clock;
  std::function<std::unique_ptr<market::CandleSource>(const store::Dataset&)> open_source;
  LaunchOptions launch;  ///< how the learner is started, its deadline, the operator's signals
  std::chrono::milliseconds deploy_wait{10'000};
  training::Compute compute;
  std::size_t keep_models = 0;  ///< newest of each schedule whose files stay after a run; 0: all
  RowRetention rows{};          ///< how long what nothing needs is kept in the database
  Observer& observer;
};

struct RunOptions {
  std::optional<std::string> schedule_id;   ///< nothing: every schedule with something due
  bool now = false;                         ///< do not wait for the slot
  bool deploy = true;                       ///< false: publish, deploy nothing
  std::optional<base::Instant> window_end;  ///< take the window as if it were this moment
};

/// What a run did.
struct RunReport {
  std::vector<store::Cycle> cycles;   ///< those that were run or finished, as they ended
  std::vector<store::Cycle> skipped;  ///< rows written for slots in which nothing ran
  std::optional<std::string> busy;    ///< who holds the training lock; then nothing ran
};

/// Runs every slot that is due, one after the other: claim, fetch, snapshot, train, evaluate, gate,
/// publish, deploy. Schedules take turns, the longest waiting first, so that none waits for another's
/// backlog; one that becomes due meanwhile is taken too. Each step is journaled before it starts, and what an earlier run left behind
/// when it died is finished or closed first. Running twice has the effect of running once.
///
/// A cycle that goes wrong ends as `failed` in its row and does not throw; its parent stays in
/// service. Throws what concerns the run as a whole: an unknown schedule, an unusable database.
RunReport run(const Surroundings& with, const RunOptions& options);

}  // namespace ctt::cycle
