#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "environment/action_scheme.h"
#include "policy/checkpoint.h"
#include "store/live_sessions.h"
#include "trader/broker.h"
#include "trader/decision_times.h"
#include "trader/override.h"
#include "trader/risk.h"

namespace ctt::trader {

/// The counts and the account of a session as they stand after a bar.
struct LoopState {
  std::size_t bars = 0;  ///< taken
  std::size_t bars_refused = 0;
  std::size_t bars_filled = 0;  ///< missing ones, made up for the features
  std::size_t decisions = 0;
  std::optional<DecisionTimes> decision_times;  ///< of a live feed
  std::size_t trades = 0;
  double equity = 0, cash = 0, position = 0;
  double drawdown_fraction = 0;  ///< of the peak equity
  std::optional<double> entry_price;
  std::optional<base::Seconds> last_bar;  ///< opening time
  std::string last_refusal;
  std::optional<Override> entries_blocked_by;     ///< why nothing is bought at present
  std::optional<std::chrono::seconds> model_age;  ///< of a live feed: since the newest bar it learned from
  std::optional<std::chrono::milliseconds> clock_ahead;  ///< of the broker's
  bool bars_late = false;                                ///< of a live feed: the next bar is overdue
  BooksHealth books;
  std::size_t stream_refusals = 0;  ///< connections that the streams of bars and of orders were refused
  bool left_to_sell = false;        ///< the position is worth an order
  std::string flatten_problem;      ///< what keeps a flatten from its end; empty: nothing did so far
};

/// The account of one session: at the newest price, as it is shown, and as it is stored so that the
/// next session goes on from it.
///
/// The bar thread's own.
class SessionAccount {
 public:
  SessionAccount(const policy::Contract& contract, Broker& broker, Risk& risk, const base::Clock& clock);

  environment::ActionScheme& scheme() { return scheme_; }
  LoopState& state() { return state_; }
  const LoopState& state() const { return state_; }
  double price() const { return price_; }  ///< the newest we know, 0 when none

  void mark_to_market(double price);
  void mark_to_market() { mark_to_market(price_ > 0 ? price_ : broker_.price()); }

  /// The account as the action scheme is to see it: what no order can sell is left over from others, and
  /// must keep it neither from buying nor from counting a position as closed.
  environment::Account for_scheme(double price) const;

  store::SessionState stored() const;
  /// The scheme's memory of an earlier session, as `stored` gave it. False when it is of another
  /// scheme: then the scheme begins anew.
  [[nodiscard]] bool restore(const std::string& scheme_state);

 private:
  std::string scheme_name_;
  Broker& broker_;
  Risk& risk_;
  const base::Clock& clock_;
  environment::ActionScheme scheme_;
  double price_ = 0;
  LoopState state_;
};

/// What an earlier session's `scheme_state` remembers for the broker, see Ledger.
struct RememberedBooks {
  int bars_held = 0;
  std::string memory;
};
RememberedBooks remembered_books(const std::string& scheme_state);

}  // namespace ctt::trader
