#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "cycle/deploy.h"
#include "cycle/fetch.h"
#include "cycle/launcher.h"
#include "evaluation/evaluate.h"
#include "evaluation/gate.h"
#include "store/cycles.h"
#include "store/datasets.h"
#include "store/state_context.h"
#include "training/metrics.h"

namespace ctt::cycle {

/// Hears what a cycle does while it does it; for the terminal, the log, a test.
class CycleObserver {
 public:
  virtual ~CycleObserver() = default;
  /// The source did not answer; it is asked again in `pause`, for the `attempt`th time of `attempts`.
  virtual void fetch_failed(const store::Cycle&, std::string_view /*why*/,
                            std::chrono::milliseconds /*pause*/, int /*attempt*/, int /*attempts*/) {}
  /// The cycle learns from bars that the cycle `before` has learned from; only when it was asked for out of turn.
  virtual void nothing_new(const store::Cycle&, const store::Cycle& /*before*/) {}
  virtual void window_taken(const store::Cycle&, const market::Window&, const FetchReport&,
                            std::int64_t /*parent_version*/) {}
  virtual void iteration(const store::Cycle&, const training::IterationMetrics&) {}
  virtual void judged(const store::Cycle&, const evaluation::Evaluation&, const evaluation::GateVerdict&) {}
  virtual void nudged(const store::Cycle&, std::int64_t /*version*/, const NudgeReport&) {}
  virtual void ended(const store::Cycle&) {}
};

/// What cycles work with: a state directory, whoever watches, and the settings of a run.
struct CycleContext : store::StateContext {
  CycleObserver& observer;
  std::function<std::unique_ptr<market::CandleSource>(const store::Dataset&)> open_source{};
  LaunchOptions launch{};  ///< how the learner is started, its deadline, the operator's signals
  std::chrono::milliseconds deploy_wait{10'000};
  int fetch_retries =
      0;  ///< how often a source that cannot be reached is asked again before the slot is lost
  std::function<void(std::chrono::milliseconds)> pause{};  ///< between these; nothing: sleeps until stopped
  training::Compute compute{};
  std::function<void(const TrainingLock&)> tidy{};  ///< before a run in which cycles ran gives up the lock
};

}  // namespace ctt::cycle
