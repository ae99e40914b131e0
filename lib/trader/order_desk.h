#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "trader/journal.h"
#include "trader/session_account.h"

namespace ctt::trader {

/// The orders of one trader: written down, sent, heard of, taken over from earlier sessions.
///
/// An order:
///
///     submit ─> intent on disk ─> broker ─> events ... ─> final, forgotten
///                    └─ its id is in the ledger already: not sent (`repeated`)
///
/// A sale of more than the broker takes at once goes in parts: when one has its end the next one
/// follows under an id of its own, until nothing of the sale is worth an order, a part is refused, or
/// the trader is halted. For the action scheme all parts are one sale.
///
/// A fill is journaled with what it makes of its order and of the account, all or nothing; a difference
/// between the books before anything that follows from it.
///
/// The bar thread's own.
class OrderDesk {
 public:
  struct Settings {
    std::string schedule_id;
    std::string session_id;
    std::string symbol;
    std::chrono::milliseconds retry_first{1'000};  ///< before a part that was not sent is tried again
    std::chrono::milliseconds retry_longest{60'000};
  };
  enum class Submitted { sent, below_minimum, repeated };

  OrderDesk(Settings settings, Broker& broker, Risk& risk, Journal& journal, SessionAccount& account,
            const base::Clock& clock);

  /// An order has no end yet, or a sale is not through.
  bool busy() const { return !open_.empty() || sale_.has_value(); }
  const std::string& symbol() const { return settings_.symbol; }
  bool is_open(const std::string& id) const { return open_.contains(id); }

  /// Sends what the broker takes of the order; `model_version` decided it.
  Submitted submit(const OrderIntent& intent, std::int64_t model_version);

  /// Goes on with the orders that earlier sessions left.
  void take_over(const Ledger& ledger);

  /// What the broker reported since the last call; `market_time` is when it counts as happened.
  void take_events(base::Instant market_time);
  /// Sends the next part of a sale that is not through.
  void continue_sale();
  /// Takes back what was decided before the state was what it is: everything when halted, purchases
  /// when reducing.
  void withdraw();
  void cancel_all();

  /// How the order that ended last did; nothing before the first.
  const std::optional<market::OrderEvent>& last_end() const { return last_end_; }

  /// Makes a step of risk durable and says it aloud; nothing to do without one.
  void record(const std::optional<Escalation>& step);

 private:
  using Steady = std::chrono::steady_clock;

  struct Sale {
    OrderIntent whole{};  // its quantity is what is left to sell
    std::int64_t model_version = 0;
    std::string part_id{};  // of the part on its way, or the last one
    int parts = 0;
    bool traded = false;
    std::chrono::milliseconds pause{0};
    Steady::time_point next_at{};
  };

  bool send(const OrderIntent& intent, std::int64_t model_version);
  void take_difference(const BooksDifference& difference);
  void take_event(market::OrderEvent event, base::Instant market_time);
  void take_trade(market::OrderEvent& event, store::LiveOrder& order, base::Instant market_time);
  void part_ended(const market::OrderEvent& event);
  bool is_first_part(const market::OrderEvent& event, const store::LiveOrder& order) const;

  Settings settings_;
  Broker& broker_;
  Risk& risk_;
  Journal& journal_;
  SessionAccount& account_;
  const base::Clock& clock_;
  std::map<std::string, store::LiveOrder> open_;
  std::optional<Sale> sale_;
  std::optional<market::OrderEvent> last_end_;
};

}  // namespace ctt::trader
