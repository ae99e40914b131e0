#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "environment/account.h"
#include "market/candle.h"
#include "market/order.h"
#include "store/live_orders.h"

namespace ctt::trader {

/// An order as it leaves the order desk. `client_order_id` names it for ever: the same decision
/// makes the same id, so a broker (and a restarted trader) can tell a repetition from a new order.
struct OrderIntent {
  std::string client_order_id{};
  market::Order order{};
  base::Seconds bar_time{};  ///< opening time of the bar that it was decided on
  double close = 0;          ///< that bar's close
};

/// What our own books say when a trader starts.
struct Ledger {
  std::vector<store::LiveOrder> open_orders;  ///< whose end we do not know, oldest first
  std::optional<double> cash;                 ///< nothing: the account was not traded before
  double position = 0;                        ///< base units, after the last fill that was recorded
  double entry_price = 0;                     ///< 0 when unknown
  int bars_held = 0;                          ///< bars that the position has been there
  std::string books_memory;                   ///< as `Broker::memory` gave it; may be empty
};

/// The broker's books were not what they should be, and stayed so: they have been taken over.
struct BooksDifference {
  std::string sentence{};
  double equity_change = 0;  ///< what that made of the equity, quote currency: no profit and no loss
};

/// How far the broker's books can be relied on.
struct BooksHealth {
  bool settled = true;  ///< the newest reading agrees with our own books and is young
  std::optional<base::Instant>
      unread_since{};      ///< the first of the readings that failed; nothing: the last one did not
  std::size_t unread = 0;  ///< readings that failed, in all
  std::optional<std::string> barred{};   ///< why the account may not trade at present
  bool keys_refused = false;             ///< the newest reading was refused because of the keys
  std::optional<double> nobodys_cash{};  ///< of an account with several ledgers: what none of them has
};

/// Who carries orders out: a simulation, a broker's trading API.
///
/// Per bar: `bar_arrived` (time passes, orders fill), then `take_events`, then at most one `submit`,
/// and `take_events` again; between bars `take_events` now and then. Prices and quantities are the
/// broker's own. `account` is what we have by our own books: what the broker's said when both agreed,
/// and every fill since.
///
/// `submit` never throws for an order that was refused or whose fate is unknown: both come as
/// events. It throws Error(unreachable) only when certainly nothing was sent.
/// One thread at a time: the bar thread.
class Broker {
 public:
  virtual ~Broker() = default;

  /// True when orders and positions outlive this process: then an order's intent must be in the
  /// database before `submit`, so that a crash leaves no order that nobody knows, and a new session
  /// goes on with the peak equity and the scheme's memory of the last one. A broker inside this
  /// process forgets everything with it.
  virtual bool needs_durable_intent() const = 0;

  /// Before the first bar: goes on with the orders that earlier sessions left, whose fate comes as
  /// events, and with what we knew of the account, against which the broker's books are held.
  virtual void take_over(const Ledger& ledger) = 0;

  /// The part of an order that the broker would take: amounts rounded down to its increments, within
  /// what is available and its largest order, Side::none below its smallest.
  virtual market::Order round_to_increments(const market::Order& order, double close) const = 0;

  /// Before the first bar: the newest close of those that came before the session.
  virtual void closed_before(double /*close*/) {}

  virtual void bar_arrived(const market::Candle& bar) = 0;
  virtual void submit(const OrderIntent& intent) = 0;
  virtual std::vector<market::OrderEvent> take_events() = 0;

  enum class Scope { all, purchases };
  /// Asks for the end of orders that are open, and sends none of them again; what came of it is told by
  /// events.
  virtual void cancel_open(Scope scope) = 0;

  /// False for a position so small that no order could sell it.
  virtual bool is_sellable(double quantity, double /*close*/) const { return quantity > 0; }

  /// The schedule is not traded any more by this process, which may go on with others on the same account.
  virtual void leave() {}

  virtual const environment::Account& account() const = 0;

  /// Whether `account` can be relied on. While it is not settled nothing is bought.
  virtual BooksHealth books() const { return {}; }
  /// Has the books read again at the next turn.
  virtual void read_books_again() {}
  /// Differences between our books and the broker's that came up since the last call.
  virtual std::vector<BooksDifference> take_differences() { return {}; }
  /// What a later session needs to hold the broker's books against ours, as JSON; may be empty.
  virtual std::string memory() const { return {}; }
  /// Connections that the stream of order updates was refused, in all.
  virtual std::size_t stream_refusals() const { return 0; }
  /// The newest price that the broker named, 0 when it never did.
  virtual double price() const { return 0; }
  /// By how much our clock is ahead of the broker's; nothing when it never said the time.
  virtual std::optional<std::chrono::milliseconds> clock_ahead() const { return std::nullopt; }

  /// `simulated`, `alpaca-paper`: for the session's row.
  virtual std::string name() const = 0;
};

}  // namespace ctt::trader
