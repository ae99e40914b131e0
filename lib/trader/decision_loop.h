#pragma once

#include <optional>
#include <span>
#include <string>

#include "trader/bar_check.h"
#include "trader/flatten.h"
#include "trader/observer.h"
#include "trader/order_desk.h"
#include "trader/policy_slot.h"
#include "trader/probation.h"

namespace ctt::trader {

/// What became of a bar.
struct BarResult {
  std::optional<BarRefusal> refused;  ///< the bar was not used at all
  std::optional<store::LiveDecision>
      decision;       ///< nothing while warming up, waiting, and on a replay's last bar
  double equity = 0;  ///< at the bar's close
};

/// One bar after the other: checked, turned into an observation, decided on by the policy in
/// service, carried through the action scheme of training, limited by risk, handed to the desk.
///
/// Order within a bar: the broker fills what was open (at this bar's open), the scheme hears of it,
/// then the observation is made, then the decision: exactly an episode's step. A decision belongs to
/// the one policy that was in service when it began; a swap keeps position and scheme memory.
///
/// A live bar whose turn comes while the broker's books are not settled, or an order is still open, waits
/// for them: `idle` decides on it once they are, or by name when `stale_after` has passed, and
/// `end_waiting` when the next bar is here.
///
/// Nothing is sent while halted, flattening, while an order is still open, or on stale bars of a live feed.
/// Nothing is bought while reducing, with unsettled books, with a stale model, with a clock that is off,
/// or on the first bar after an overdue one. An observation or an output that is not finite means hold; the
/// scheme's own stops, which look at prices alone, stay in force.
///
/// The bar thread's own; only PolicySlot and Risk are shared.
class DecisionLoop {
 public:
  struct Settings {
    policy::Contract contract;
    std::string schedule_id;
    std::string session_id;
    bool live = false;  ///< bars are judged by the clock
    /// Of a live feed: a bar that closed longer ago is not acted on; 0: never.
    std::chrono::seconds stale_after{0};
    Probation* probation = nullptr;  ///< hears of each decision
    Flatten::Pauses flatten_pauses{};
  };

  DecisionLoop(Settings settings, PolicySlot& policies, Broker& broker, Risk& risk, Journal& journal,
               const base::Clock& clock);

  /// Bars before the first one that can be decided on.
  std::size_t history_rows() const { return observer_.rows_needed() - 1; }
  /// Feeds history to the features; nothing is decided.
  void warm_up(std::span<const market::Candle> history);

  BarResult take(const FeedBar& bar);

  /// Goes on with the orders that earlier sessions left and with what they knew of the account.
  void take_over(const Ledger& ledger) { desk_.take_over(ledger); }

  /// What the broker reported since the last bar, a flatten that was asked for, a bar that waits; called
  /// when a feed is idle. The bar's result when it waits no longer.
  std::optional<BarResult> idle();
  /// The result of a bar that still waits: the next one is here.
  std::optional<BarResult> end_waiting();

  /// The account as a whole has passed a limit.
  void breach(const std::string& reason) { desk_.record(risk_.breach(reason)); }

  const LoopState& state() const { return account_.state(); }
  store::SessionState session_state() const { return account_.stored(); }
  [[nodiscard]] bool restore(const std::string& scheme_state) { return account_.restore(scheme_state); }

 private:
  struct Chosen {
    market::Order order;
    std::optional<Override> reason;
  };

  std::optional<BarRefusal> refuse(const FeedBar& bar);
  bool must_wait() const;
  BarResult decided(const market::Candle& candle);
  void note_time(const store::LiveDecision& decision, std::chrono::nanoseconds took);
  store::LiveDecision decide(const market::Candle& candle);
  Chosen choose(const policy::Policy::Decision& output, const ServedPolicy& serving,
                const market::Candle& candle);
  Chosen within_limits(const market::Order& wanted, const ServedPolicy& serving, double close);
  std::optional<Override> held_because() const;
  void update_entry_restrictions(const ServedPolicy& serving);
  ModelStaleness model_staleness(const ServedPolicy& serving);
  void notice_silence();
  base::Instant end_of(const market::Candle& candle) const;
  bool is_stale(const market::Candle& candle) const;
  std::string order_id(base::Seconds bar_time) const;

  Settings settings_;
  PolicySlot& policies_;
  Broker& broker_;
  Risk& risk_;
  Journal& journal_;
  const base::Clock& clock_;
  Observer observer_;
  SessionAccount account_;
  OrderDesk desk_;
  Flatten flatten_;
  policy::Policy::Scratch scratch_;
  DecisionTimer timer_;
  std::optional<base::Seconds> newest_;    // opening time of the newest bar taken, history included
  std::optional<market::Candle> waiting_;  // the newest bar, while nothing was decided on it
  bool stale_ = false;                     // the newest bar was when it came
  bool after_silence_ = false;             // it came after an overdue one
  base::Instant now_;                      // market time: when the bar's event happened
  ModelStaleness staleness_told_ = ModelStaleness::fresh;
};

}  // namespace ctt::trader
