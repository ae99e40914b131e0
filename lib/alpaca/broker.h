#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alpaca/account.h"
#include "alpaca/account_books.h"
#include "alpaca/order_tracker.h"
#include "alpaca/trading_client.h"
#include "trader/broker.h"

namespace ctt::alpaca {

struct BrokerOptions {
  std::string symbol;
  OrderTracker::Options orders{};
  AccountBooks::Options books{};  ///< its symbol is ours
  std::optional<OrderStreamOptions>
      updates;  ///< nothing: orders are asked for only; of an account of its own
};

/// Alpaca's trading API as the trader's broker: market orders of one instrument on one account, paper
/// or, by the address alone, live. The account may be shared with brokers of other instruments.
///
/// Orders are an OrderTracker's, what the account has is AccountBooks'; here they meet: a fill goes into
/// the books as it is told, the books are read when they ask for it, and an order is cut to what the books
/// and Alpaca's increments allow. An order of an earlier bar that is still open is cancelled.
///
/// Nothing waits: a start goes on with orders of unknown fate and with books that differ, and nothing is
/// bought until they are settled.
///
/// One thread at a time: the bar thread.
class AlpacaBroker : public trader::Broker {
 public:
  /// Reads account and asset. Throws Error(refused) when either may not trade, Error(keys),
  /// Error(unreachable).
  AlpacaBroker(BrokerOptions options, TradingClient& client, const Credentials& credentials,
               const base::Clock& clock);
  /// The same on an account that others share, which outlives it. As a ledger it has part in nothing before
  /// `take_over`.
  AlpacaBroker(BrokerOptions options, AlpacaAccount& account, const base::Clock& clock);
  ~AlpacaBroker() override { account_.leave(books_); }
  AlpacaBroker(const AlpacaBroker&) = delete;
  AlpacaBroker& operator=(const AlpacaBroker&) = delete;

  bool needs_durable_intent() const override { return true; }
  void take_over(const trader::Ledger& ledger) override;
  market::Order round_to_increments(const market::Order& order, double close) const override;
  void closed_before(double close) override { books_.closed_before(close); }
  void bar_arrived(const market::Candle& bar) override;
  void submit(const trader::OrderIntent& intent) override;
  std::vector<market::OrderEvent> take_events() override;
  void cancel_open(Scope scope) override;
  bool is_sellable(double quantity, double close) const override;
  void leave() override { account_.leave(books_); }
  const environment::Account& account() const override { return books_.account(); }
  trader::BooksHealth books() const override;
  void read_books_again() override { books_.read_again(); }
  std::vector<trader::BooksDifference> take_differences() override { return books_.take_differences(); }
  std::string memory() const override { return books_.memory(); }
  std::size_t stream_refusals() const override { return account_.stream_refusals(); }
  double price() const override { return books_.price(); }
  std::optional<std::chrono::milliseconds> clock_ahead() const override { return client_.clock_ahead(); }
  std::string name() const override;

  const std::string& account_number() const { return books_.read().account_number; }

 private:
  void learn_minimum(const std::string& reason);
  std::optional<Decimal> buyable(double cash, double close) const;
  std::optional<Decimal> sellable(double quantity, double close) const;
  bool is_worth_an_order(Decimal quantity, double price) const;
  void check_start() const;
  void look_for_foreign_orders();

  BrokerOptions options_;
  TradingClient& client_;
  Asset asset_;
  std::unique_ptr<AlpacaAccount> own_account_;
  AlpacaAccount& account_;
  AccountBooks books_;
  OrderTracker orders_;
  bool looks_for_foreign_ = false;  // open orders that are not ours, at a start
  double minimum_ = 10;             // smallest order, quote currency
};

}  // namespace ctt::alpaca
