#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "environment/account.h"
#include "market/candle.h"

namespace ctt::trader {

/// An order as it leaves the decision loop. `client_order_id` names it for ever: the same decision
/// makes the same id, so a broker (and a restarted trader) can tell a repetition from a new order.
struct OrderIntent {
  std::string client_order_id;
  std::string symbol;
  environment::Order order;
  base::Seconds bar_time{};  ///< opening time of the bar that it was decided on
  double close = 0;          ///< that bar's close
};

/// What a broker has to say about an order.
struct OrderUpdate {
  enum class Status { open, partially_filled, filled, cancelled, rejected, unknown };
  std::string client_order_id;
  std::string broker_order_id;  ///< empty when the broker has none
  Status status = Status::open;
  environment::Trade trade;         ///< what was traded since the last update; Side::none when nothing
  std::string reason;               ///< of cancelled, rejected and unknown
  std::string fill_id;              ///< the broker's name of this fill, empty when it has none
  std::optional<base::Instant> at;  ///< when the broker says that it traded; nothing: with the bar
  double order_filled = 0;          ///< of the order in all, as the broker counts; 0: the trades say it
  double order_price = 0;           ///< average of that
};

/// What our own books say when a trader starts.
struct Ledger {
  struct OpenOrder {
    std::string client_order_id;
    environment::Side side = environment::Side::none;
    double filled_quantity = 0;  ///< recorded so far, as the broker counts
    double filled_value = 0;     ///< price x quantity of that
    base::Instant intended_at{};
  };
  std::vector<OpenOrder> open_orders;  ///< whose end we do not know, oldest first
  double position = 0;                 ///< base units, after the last fill that was recorded
  double entry_price = 0;              ///< 0 when unknown
  int bars_held = 0;                   ///< bars that the position has been there
};

/// Who carries orders out: a simulation, a broker's trading API.
///
/// Per bar: `bar_arrived` (time passes, orders fill), then `take_updates`, then at most one `submit`,
/// and `take_updates` again; between bars `take_updates` now and then. Prices and quantities are the
/// broker's own; `account` is what it says we have, after every update taken so far.
///
/// `submit` never throws for an order that was refused or whose fate is unknown: both come as
/// updates. It throws Error(unreachable) only when certainly nothing was sent.
/// One thread at a time: the bar thread.
class Broker {
 public:
  virtual ~Broker() = default;

  /// True when orders and positions outlive this process: then an order's intent must be in the
  /// database before `submit`, so that a crash leaves no order that nobody knows, and a new session
  /// goes on with the peak equity and the scheme's memory of the last one. A broker inside this
  /// process forgets everything with it.
  virtual bool needs_durable_intent() const = 0;

  /// Before the first bar: settles the fate of the orders that earlier sessions left (it comes as
  /// updates), and holds the ledger against the broker's books, which win. Returns every difference,
  /// one sentence each. May do I/O and take its time; throws Error(unreachable) when the books
  /// cannot be read.
  virtual std::vector<std::string> reconcile(const Ledger& ledger) = 0;

  /// The part of an order that the broker would take: amounts rounded down to its increments, within
  /// what is available, Side::none below its smallest order.
  virtual environment::Order fit(const environment::Order& order, double close) const = 0;

  virtual void bar_arrived(const market::Candle& bar) = 0;
  virtual void submit(const OrderIntent& intent) = 0;
  virtual std::vector<OrderUpdate> take_updates() = 0;

  enum class Which { all, purchases };
  /// Asks for the end of orders that are open, and sends none of them again; what came of it is told by
  /// updates.
  virtual void cancel_open(Which which) = 0;

  /// False for a position so small that no order could sell it.
  virtual bool worth_selling(double quantity, double /*close*/) const { return quantity > 0; }

  virtual const environment::Account& account() const = 0;

  /// False while `account` may be behind the broker's books: then nothing is sent.
  virtual bool settled() const { return true; }
  /// Differences between our books and the broker's that came up since the last call.
  virtual std::vector<std::string> take_differences() { return {}; }
  /// By how much our clock is ahead of the broker's; nothing when it never said the time.
  virtual std::optional<std::chrono::milliseconds> clock_ahead() const { return std::nullopt; }

  /// `simulated`, `alpaca-paper`: for the session's row.
  virtual std::string name() const = 0;
};

}  // namespace ctt::trader
