#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alpaca/account_books.h"
#include "alpaca/cash_division.h"
#include "alpaca/order_stream.h"
#include "alpaca/order_tracker.h"
#include "alpaca/trading_client.h"

namespace ctt::alpaca {

/// The account that brokers of several instruments share: one connection for order updates, and one reading
/// of the books for all.
///
/// The books of one broker may be the whole account. Where they are a ledger of it (AccountBooks::Options),
/// coins are each ledger's by its instrument, and cash is divided (CashDivision). Ledgers are announced
/// before they join, and nothing is read until all have: a sum that lacks one would tell nothing.
///
/// One thread at a time: the bar thread.
class AlpacaAccount {
 public:
  /// Reads the account. Throws as TradingClient::account does.
  AlpacaAccount(TradingClient& client, const Credentials& credentials,
                const std::optional<OrderStreamOptions>& updates,
                std::chrono::milliseconds patience = std::chrono::seconds(30));

  const AccountReading& reading() const { return reading_; }  ///< the newest
  TradingClient& client() { return client_; }
  const TradingClient& client() const { return client_; }

  /// Reads it anew, as at the start.
  void refresh() { reading_ = client_.account(); }

  void announce() { ++announced_; }
  void join(AccountBooks& books, OrderTracker& orders);
  /// Its cash and coins are of no ledger from here on.
  void leave(const AccountBooks& books);

  /// Hands what came of orders to those who track them.
  void take_updates();
  /// Reads the books, for all.
  void read();

  std::size_t stream_refusals() const { return stream_ ? stream_->refusals() : 0; }

 private:
  struct Member {
    AccountBooks* books;
    OrderTracker* orders;
  };

  void divide();
  void restore_division();
  std::string ledgers() const;

  TradingClient& client_;
  std::unique_ptr<OrderStream> stream_;
  AccountReading reading_;
  CashDivision division_;
  std::vector<Member> members_;
  std::size_t announced_ = 0;
  bool restored_ = false;
};

}  // namespace ctt::alpaca
