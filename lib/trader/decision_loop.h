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
};

/// One bar after the other: checked, turned into an observation, decided on by the policy in
/// service, carried through the action scheme of training, limited by risk, journaled, sent.
///
/// Order within a bar: the broker fills what was open (at this bar's open), the scheme hears of it,
/// then the observation is made, then the decision: exactly an episode's step. A decision belongs to
/// the one policy that was in service when it began; a swap keeps position and scheme memory.
///
/// Nothing is sent while halted, while an order is still open, or on stale bars of a live feed. An
/// observation or an output that is not finite means hold; the scheme's own stops, which look at
/// prices alone, stay in force.
///
/// The bar thread's own; only PolicySlot and Risk are shared.
class DecisionLoop {
 public:
  struct Settings {
    policy::Contract contract;
    std::string schedule_id;
    std::string session_id;
    bool live = false;  ///< bars are judged by the clock
    std::chrono::seconds stale_after{
        0};  ///< of a live feed: a bar that closed longer ago is not acted on; 0: never
  };

  DecisionLoop(Settings settings, PolicySlot& policies, Broker& broker, Risk& risk, Journal& journal,
               const base::Clock& clock);

  /// Bars before the first one that can be decided on.
  std::size_t history_rows() const { return observer_.rows_needed() - 1; }
  /// Feeds history to the features; nothing is decided.
  void warm_up(std::span<const market::Candle> history);

  BarResult take(const FeedBar& bar);

  /// What the broker reported since the last bar; called when a feed is idle.
  void take_updates();

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
  Chosen choose(int action, const market::Candle& candle, std::optional<std::string> held_because);
  void send(const environment::Order& order, const market::Candle& candle, std::int64_t model_version);
  void take_update(const OrderUpdate& update);
  void record_trade(const OrderUpdate& update, const OpenOrder& order);
  void settle(const market::Candle& candle);
  bool stale(const market::Candle& candle) const;
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
  base::Instant now_{};                  // market time: when the bar's event happened
  LoopState state_;
};

}  // namespace ctt::trader
