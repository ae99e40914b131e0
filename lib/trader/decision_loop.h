#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "environment/action_scheme.h"
#include "trader/bar_check.h"
#include "trader/broker.h"
#include "trader/journal.h"
#include "trader/observer.h"
#include "trader/policy_slot.h"
#include "trader/probation.h"
#include "trader/risk.h"

namespace ctt::trader {

/// What became of a bar.
struct BarResult {
  std::optional<BarRefusal> refused;            ///< the bar was not used at all
  std::optional<store::LiveDecision> decision;  ///< nothing while warming up and on a replay's last bar
  double equity = 0;                            ///< at the bar's close
};

/// The counts and the account as they stand after a bar.
struct LoopState {
  std::size_t bars = 0;  ///< taken
  std::size_t bars_refused = 0;
  std::size_t bars_filled = 0;  ///< missing ones, made up for the features
  std::size_t decisions = 0;
  std::size_t trades = 0;
  double equity = 0, cash = 0, position = 0;
  double drawdown_fraction = 0;  ///< of the peak equity
  std::optional<double> entry_price;
  std::optional<base::Seconds> last_bar;  ///< opening time
  std::string last_refusal;
  std::string entries_barred;  ///< why nothing is bought at present: reducing, stale_model, ...; or empty
  std::optional<std::chrono::seconds> model_age;  ///< of a live feed: since the newest bar it learned from
  std::optional<std::chrono::milliseconds> clock_ahead;  ///< of the broker's
  bool bars_late = false;                                ///< of a live feed: the next bar is overdue
};

/// One bar after the other: checked, turned into an observation, decided on by the policy in
/// service, carried through the action scheme of training, limited by risk, journaled, sent.
///
/// Order within a bar: the broker fills what was open (at this bar's open), the scheme hears of it,
/// then the observation is made, then the decision: exactly an episode's step. A decision belongs to
/// the one policy that was in service when it began; a swap keeps position and scheme memory.
///
/// Nothing is sent while halted, while an order is still open, while the broker's books are not
/// settled, or on stale bars of a live feed. Nothing is bought while reducing, with a stale model,
/// with a clock that is off, or on the first bar after an overdue one. An observation or an output
/// that is not finite means hold; the scheme's own stops, which look at prices alone, stay in force.
///
/// Differences between our books and the broker's lead to `reducing` before anything else is
/// written, so that a crash cannot hide them.
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
  };

  DecisionLoop(Settings settings, PolicySlot& policies, Broker& broker, Risk& risk, Journal& journal,
               const base::Clock& clock);

  /// Bars before the first one that can be decided on.
  std::size_t history_rows() const { return observer_.rows_needed() - 1; }
  /// Feeds history to the features; nothing is decided.
  void warm_up(std::span<const market::Candle> history);

  BarResult take(const FeedBar& bar);

  /// Takes over the orders that earlier sessions left, then holds our books against the broker's.
  void reconcile(const std::vector<store::LiveOrder>& pending, const Ledger& ledger);

  /// What the broker reported since the last bar, and a flattening that was asked for; called when
  /// a feed is idle.
  void idle();

  const LoopState& state() const { return state_; }
  store::SessionState session_state() const;
  /// The scheme's memory of an earlier session, as `session_state` gave it. False when it is of
  /// another scheme: then the scheme begins anew.
  bool restore(const std::string& scheme_state);

 private:
  struct OpenOrder {
    std::int64_t model_version = 0;
    double filled_quantity = 0;
    double filled_value = 0;  // price x quantity
  };
  struct Chosen {
    environment::Order order;
    std::optional<std::string> reason;  // what overrode the policy
  };

  std::optional<BarRefusal> refuse(const FeedBar& bar);
  store::LiveDecision decide(const market::Candle& candle);
  Chosen choose(const policy::Policy::Decision& output, const ServedPolicy& serving,
                const market::Candle& candle);
  Chosen allowed(const environment::Order& wanted, const ServedPolicy& serving, double close);
  std::optional<std::string> held_because(const market::Candle& candle) const;
  void look_around(const ServedPolicy& serving);
  ModelRung model_rung(const ServedPolicy& serving);
  bool send(const OrderIntent& intent, std::int64_t model_version);
  void flatten();
  void take_updates();
  void take_differences(const std::vector<std::string>& differences);
  void take_update(const OrderUpdate& update);
  store::LiveTrade trade_of(const OrderUpdate& update, const OpenOrder& order);
  void climb(const std::optional<Climb>& step);
  void settle(double price);
  bool stale(const market::Candle& candle) const;
  void notice_silence();
  std::string order_id(base::Seconds bar_time) const;

  Settings settings_;
  PolicySlot& policies_;
  Broker& broker_;
  Risk& risk_;
  Journal& journal_;
  const base::Clock& clock_;
  Observer observer_;
  environment::ActionScheme scheme_;
  policy::Policy::Scratch scratch_;
  std::map<std::string, OpenOrder> open_orders_;
  std::optional<base::Seconds> newest_;  // opening time of the newest bar taken, history included
  base::Instant now_;                    // market time: when the bar's event happened
  double price_ = 0;                     // the newest we know
  bool after_silence_ = false;           // this bar came after an overdue one
  ModelRung rung_told_ = ModelRung::fresh;
  std::string flatten_order_;  // empty: none was sent yet
  int flatten_attempts_ = 0;
  LoopState state_;
};

}  // namespace ctt::trader
