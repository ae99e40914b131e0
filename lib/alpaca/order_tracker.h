#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alpaca/trading_client.h"
#include "market/order.h"
#include "store/live_orders.h"

namespace ctt::alpaca {

/// The orders of one trader at Alpaca, until each has its end.
///
/// `submit` sends an order once. Refused is over; an answer that may hide an order (time-out, 5xx, 429,
/// cut connection, nonsense) makes it `unknown`, and it is looked for by its id: found, it goes on; not
/// there `safe_after` the sending and at three looks, it is sent again under the same id while its bar is the
/// same, and otherwise over. Fills come from the order's own totals, by the stream of updates or by asking,
/// so the same news twice is no news.
///
/// One thread at a time: the bar thread.
class OrderTracker {
 public:
  struct Options {
    std::chrono::milliseconds poll_every{1'000};    ///< an open order is asked for
    std::chrono::milliseconds lookup_every{2'000};  ///< an order of unknown fate is looked for
    /// Only an order that was sent this long ago and is still not there never arrived: order records
    /// lag by up to ten seconds.
    std::chrono::milliseconds safe_after{15'000};
    std::chrono::milliseconds resend_within{45'000};  ///< of the decision; afterwards its bar is over
    /// An order that was there and of which Alpaca says for this long that it is not is over.
    std::chrono::milliseconds vanished_after{300'000};
    int sends_max = 2;
  };
  /// What happened to an order. A trade in it is as the broker tells of it: fees not taken off.
  struct News {
    market::OrderEvent event{};
    market::Side side = market::Side::none;
    Decimal traded{};  ///< since the last news; 0: nothing
  };

  OrderTracker(Options options, TradingClient& client, const base::Clock& clock);

  void submit(const NewOrder& request, base::Seconds bar_time);
  /// An order of an earlier session. It is not sent again.
  void take_over(const store::LiveOrder& order);
  /// Asks for the end of orders that are open, or of the purchases among them.
  void cancel(bool purchases_only);
  /// The bar of decisions from now on; orders of an earlier one are cancelled.
  void bar_arrived(base::Seconds bar_time);

  /// What somebody else heard of an order.
  void take(const OrderRecord& record);
  /// Asks for those whose time has come; all of them when `all`.
  void look(bool all = false);
  std::vector<News> take_news() { return std::exchange(news_, {}); }

  /// An order has no end yet, or nobody has taken the news of it.
  bool has_open() const { return !orders_.empty() || !news_.empty(); }
  bool knows(const std::string& id) const { return orders_.contains(id); }

 private:
  using Steady = std::chrono::steady_clock;

  /// An order whose end we do not know.
  struct Tracked {
    std::optional<NewOrder> request;  ///< nothing when it must not be sent again
    market::Side side = market::Side::none;
    base::Seconds bar_time{};
    std::string broker_id;  ///< empty until Alpaca said that it is there
    Decimal filled;         ///< told so far
    double value = 0;       ///< price x quantity of that
    bool unwanted = false;  ///< to be cancelled as soon as it is known
    int sends = 0;
    int absences = 0;  ///< looks in a row at which it was not there
    Steady::time_point decided_at, sent_at, look_at, seen_at;
  };

  void send(const std::string& id, Tracked& order);
  void look_for(const std::string& id);
  void absent(const std::string& id, Tracked& order);
  void close(const std::string& id, market::OrderStatus status, const std::string& reason);

  Options options_;
  TradingClient& client_;
  const base::Clock& clock_;
  std::map<std::string, Tracked> orders_;
  std::vector<News> news_;
  std::optional<base::Seconds> bar_time_;
};

}  // namespace ctt::alpaca
