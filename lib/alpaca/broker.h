#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alpaca/order_stream.h"
#include "alpaca/trading.h"
#include "trader/broker.h"

namespace ctt::alpaca {

struct BrokerOptions {
  std::string symbol;
  std::chrono::milliseconds poll_every{1'000};    ///< an open order is asked for
  std::chrono::milliseconds lookup_every{2'000};  ///< an order of unknown fate is looked for
  /// Only an order that was sent this long ago and is still not there never arrived.
  std::chrono::milliseconds safe_after{10'000};
  std::chrono::milliseconds resend_within{45'000};  ///< of the decision; afterwards its bar is over
  int sends_max = 2;
  std::chrono::milliseconds books_every{60'000};  ///< between bars
  std::chrono::milliseconds reread_after{1'000};  ///< books that differ are read once more
  /// What is left open by earlier sessions is looked for this long before a start is given up.
  std::chrono::milliseconds reconcile_within{120'000};
  std::optional<OrderStreamOptions> updates;  ///< nothing: orders are asked for only
};

/// Alpaca's trading API as the trader's broker: market orders of one instrument on one account, paper
/// or, by the address alone, live.
///
/// An order: `submit` sends it once. Refused is over; an answer that may hide an order (time-out, 5xx,
/// 429, cut connection, nonsense) makes it `unknown`, and it is looked for by its id: found, it goes
/// on; not there `safe_after` the sending and at two looks, it is sent again under the same id while
/// its bar is the same, and otherwise over. Fills come from the order's own totals, by the stream of
/// updates or by asking, so the same news twice is no news.
///
/// The books: after each fill, on each bar and now and then, account and position are read. A fill
/// is told together with the books that contain it, so what a buy's fee left of it is read, not
/// reckoned. Books that differ from what we know by more than a fee are read twice; if they still do,
/// they win, and the difference is told. Until then, and while they cannot be read, `settled` is
/// false. An order of an earlier bar that is still open is cancelled.
///
/// Amounts are rounded down to Alpaca's increments. One thread at a time: the bar thread.
class AlpacaBroker : public trader::Broker {
 public:
  /// Reads account and asset. Throws Error(refused) when either may not trade, Error(keys),
  /// Error(unreachable).
  AlpacaBroker(BrokerOptions options, TradingClient& client, const Credentials& credentials,
               const base::Clock& clock);

  bool needs_durable_intent() const override { return true; }
  std::vector<std::string> reconcile(const trader::Ledger& ledger) override;
  environment::Order fit(const environment::Order& order, double close) const override;
  void bar_arrived(const market::Candle& bar) override;
  void submit(const trader::OrderIntent& intent) override;
  std::vector<trader::OrderUpdate> take_updates() override;
  void cancel_open(Which which) override;
  bool worth_selling(double quantity, double close) const override;
  const environment::Account& account() const override { return account_; }
  bool settled() const override { return settled_; }
  std::vector<std::string> take_differences() override { return std::exchange(differences_, {}); }
  std::optional<std::chrono::milliseconds> clock_ahead() const override { return client_.clock_ahead(); }
  std::string name() const override;

  const std::string& account_number() const { return books_.account_number; }

 private:
  using Steady = std::chrono::steady_clock;

  /// An order whose end we do not know.
  struct Tracked {
    std::optional<NewOrder> request;  ///< nothing when it must not be sent again
    environment::Side side = environment::Side::none;
    base::Seconds bar_time{};
    std::string broker_id;  ///< empty until Alpaca said that it is there
    Decimal filled;         ///< told so far
    double value = 0;       ///< price x quantity of that
    bool unwanted = false;  ///< to be cancelled as soon as it is known
    int sends = 0;
    int absences = 0;  ///< looks at which it was not there
    Steady::time_point decided_at, sent_at, look_at;
  };
  using Orders = std::map<std::string, Tracked>;

  void send(const std::string& id, Tracked& order);
  void look_for_due(bool all);
  void look_for(const std::string& id);
  void absent(const std::string& id, Tracked& order);
  void take_record(const OrderRecord& record);
  void take_fill(const OrderRecord& record, Tracked& order, trader::OrderUpdate& update);
  void close(const std::string& id, trader::OrderUpdate::Status status, const std::string& reason);
  void settle_books();
  void take_books(const Books& books, Decimal expected);
  Decimal expected_position() const;
  Decimal tolerance() const;
  void learn_minimum(const std::string& reason);
  std::optional<Decimal> buyable(double cash, double close) const;
  std::optional<Decimal> sellable(double quantity, double close) const;
  bool worth_an_order(Decimal quantity, double price) const;
  void settle_open_orders();

  BrokerOptions options_;
  TradingClient& client_;
  const base::Clock& clock_;
  std::unique_ptr<OrderStream> stream_;
  Asset asset_;
  Books books_;  // as read last
  environment::Account account_;
  Orders orders_;
  std::vector<trader::OrderUpdate> held_;  // told when the books contain their fills
  Decimal bought_, sold_;                  // by the fills among them, fees not taken off
  std::vector<std::string> differences_;
  bool settled_ = true;
  bool differed_ = false;  // the last reading did
  double minimum_ = 10;    // smallest order, quote currency
  double price_ = 0;       // the newest we know
  std::optional<base::Seconds> bar_time_;
  Steady::time_point books_due_;
};

}  // namespace ctt::alpaca
