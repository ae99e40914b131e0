#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/home.h"
#include "store/deployments.h"
#include "store/live_sessions.h"
#include "store/schedules.h"
#include "trader/decision_loop.h"
#include "trader/served_model.h"
#include "wire/message.h"

namespace ctt::trader {

/// The control thread's half of a trader: answers the control socket, and keeps the served model
/// equal to the desired one in the database.
///
/// The database row is the truth, a `reload` only a nudge: `tick` finds the same difference by
/// itself, so a lost nudge heals within `poll_every`. Models are loaded and checked here, off the
/// bar thread; a bad one is refused in the database and not tried again until somebody asks anew, and
/// what the machine kept from loading is tried again with growing pauses.
/// One that fails its probation is refused likewise, and what serves in its place becomes the
/// desired model and the one that the next cycle trains from.
///
/// A flattening is a promise in the schedule's row: asked for here or found there, it is passed on to
/// the bar thread, after a restart too, and that thread's journal ends it when nothing is left to sell.
/// A halt or a resume by the operator takes it back.
///
/// A deployment is confirmed (`continuous_model_deployed`) by whoever asked for it, right after our
/// answer. Should he not have done so `confirm_after` the exchange, the trader does, and at once for
/// the model it started with; the store sees to it that it happens once.
///
/// One thread at a time: the control thread.
class Control {
 public:
  struct Settings {
    base::Home home;
    std::string schedule_id;
    std::string session_id;
    policy::Contract contract;
    bool pinned = false;  ///< the operator chose the model: reloads are refused, nothing converges
    std::chrono::milliseconds confirm_after{2000};
    Probation* probation = nullptr;  ///< the trial of what is swapped in
    /// The first pause after the machine kept a model from loading.
    std::chrono::milliseconds retry_after{500};
    std::optional<double> budget{};  ///< USD, of a ledger
    double initial_equity = 0;       ///< of the session
  };
  /// What only the bar thread knows, as it stood after the newest bar.
  using ReadLoop = std::function<LoopState()>;

  Control(Settings settings, PolicySlot& policies, Risk& risk, const base::Clock& clock, ReadLoop read_loop,
          std::function<void()> stop);

  wire::Answer handle(const wire::Request& request);

  /// Compares desired with served and takes over a halt that was written to the database.
  void tick();

  /// Confirms what is served at the end of a run, and records what could not be recorded before.
  void finish();

  std::size_t swaps() const { return swaps_; }

 private:
  using steady_clock = std::chrono::steady_clock;

  wire::Answer reload(const std::string& sha256);
  wire::Answer serve(const store::Deployment& deployment);
  wire::Answer serving_answer() const;
  wire::Answer halt(const std::string& reason);
  wire::Answer resume();
  wire::Answer flatten(const std::string& reason);
  wire::Answer status() const;
  wire::Answer refuse(const store::Deployment& deployment, const base::Error& error);
  wire::Answer put_off(const store::Deployment& deployment, const base::Error& error);
  void record_refusal(const store::Deployment& deployment, const std::string& reason);
  void converge();
  void converge_state(const store::Schedule& schedule);
  bool rejected(const store::Deployment& desired) const;
  void take_reversion();
  void record_reversion();
  void record_swaps();
  void store_halt();
  void confirm(const store::Deployment& desired, std::chrono::milliseconds after);

  Settings settings_;
  PolicySlot& policies_;
  Risk& risk_;
  const base::Clock& clock_;
  ReadLoop read_loop_;
  std::function<void()> stop_;
  store::Database database_;
  std::int64_t seen_version_ = -1;  // of the database's data
  std::int64_t refused_id_ = 0;     // the deployment that was refused last
  bool unconfirmed_ = true;
  std::vector<store::ModelSwap> unrecorded_;
  std::optional<std::string> unstored_halt_;          // its reason: the database could not be written
  std::optional<Reversion> reversion_;                // not recorded yet
  std::optional<base::Instant> flatten_passed_on_;    // the flattening of the row that the bar thread has
  std::optional<steady_clock::time_point> retry_at_;  // not before: the desired model, kept from loading
  std::chrono::milliseconds retry_pause_{0};
  steady_clock::time_point served_since_ = steady_clock::now();
  double load_ms_ = 0;
  double swap_us_ = 0;
  std::size_t swaps_ = 0;
};

}  // namespace ctt::trader
