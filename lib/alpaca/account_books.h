#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "alpaca/cash_division.h"
#include "alpaca/trading_client.h"
#include "trader/broker.h"

namespace ctt::alpaca {

/// What we believe of the account, and how the broker's books are held against it.
///
/// A broker's answer is evidence, not truth: what the books should be follows from our own fills
/// (quantity, cash, fee), and `account` is that. Account and positions lag behind fills, and single answers
/// are wrong:
///
///     agreed ──(a fill, or a reading that differs)──> settling ──(a reading that agrees)──> agreed
///                                                        │
///                     two readings in a row agree with each other, not with us, and `patience` has
///                     passed since the last fill, cancel or order update and since they began to differ
///                                                        v
///                                            difference: told, taken over ──> agreed
///
/// A fee may be taken with the fill or at the end of the day: what was not taken yet is remembered, and
/// explains that much less of coin or cash later, when half of the patience has passed without an order. Cash is held against the books only while the account
/// holds nothing but our instrument, and two days after.
///
/// The books may be a ledger, a part of the account beside others: then its cash is what CashDivision gives it
/// of each reading, and coins that were in the account when the ledger began without them stay nobody's: they are
/// the first to go when coins are missing.
///
/// One thread at a time: the bar thread.
class AccountBooks {
 public:
  using Steady = std::chrono::steady_clock;
  struct Options {
    std::string symbol;
    std::chrono::milliseconds patience{30'000};   ///< before what differs is a difference
    std::chrono::milliseconds read_every{4'000};  ///< while all is well
    std::chrono::milliseconds reread_first{500};  ///< while settling, doubling
    std::chrono::milliseconds reread_longest{4'000};
    bool ledger = false;  ///< a part of the account, beside others
  };
  /// How the account's cash was divided when it was read last.
  struct Division {
    std::optional<Decimal> nobodys{};
    std::string ledgers{};  ///< instruments of all ledgers
  };

  /// Begins with `first` as agreed.
  AccountBooks(Options options, const Books& first, const base::Clock& clock);

  /// Goes on with what an earlier session knew: the next readings are held against that.
  void take_over(const trader::Ledger& ledger);

  /// A fill as the broker tells of it, fees not taken off; comes back as what it made of the account.
  market::Trade filled(market::Side side, Decimal quantity, double price);
  /// An order was sent, cancelled or heard of: the books may lag behind that.
  void order_moved();
  /// An order has no end yet: a fill that nobody told of may explain what differs.
  void order_is_open() { moved_at_ = Steady::now(); }
  void bar_closed(double price);
  void closed_before(double price) { price_ = price; }  ///< of a bar before the session

  bool reading_is_due(Steady::time_point now = Steady::now()) const { return now >= due_; }
  void read_again() { due_ = Steady::now(); }
  /// A reading, or that it failed.
  void take(const Books& reading);
  /// A reading of which this ledger has that share.
  void take(const AccountReading& reading, const CashShare& share);
  /// `tell`: somebody is to hear of it; of several ledgers one does.
  void reading_failed(bool tell = true);

  bool is_ledger() const { return options_.ledger; }
  const std::string& symbol() const { return options_.symbol; }
  Decimal cash() const { return expected_.cash; }
  std::optional<Steady::time_point> moved_at() const { return moved_at_; }
  /// Another ledger of the account moved then: what differs may be the other's.
  void other_moved(Steady::time_point at) { moved_at_ = std::max(moved_at_.value_or(at), at); }
  /// What the ledger says before a reading is divided.
  LedgerCash cash_facts(const AccountReading& reading) const;
  void note_division(Division division) { division_ = std::move(division); }
  const Division& division() const { return division_; }

  const environment::Account& account() const { return account_; }
  /// As read last, whether it agrees or not.
  const Books& read() const { return read_; }
  double fee_fraction() const { return read_.fee_fraction; }
  double price() const { return price_; }
  /// Of the position: what a sale may ask for.
  Decimal available() const;
  Decimal position() const { return expected_.position; }
  /// What a purchase may spend: what the broker lets, and we have and do not owe.
  Decimal spendable() const;

  trader::BooksHealth health() const;
  std::vector<trader::BooksDifference> take_differences() { return std::exchange(differences_, {}); }
  /// Something else about the account that only a person can explain.
  void add_difference(std::string sentence) { differences_.push_back({std::move(sentence), 0}); }
  std::string memory() const;

 private:
  struct Amounts {
    Decimal cash, position;
    bool operator==(const Amounts&) const = default;
  };
  struct Allowance {  // how much less and more than expected is no difference
    double less = 0, more = 0;
    bool covers(Decimal difference) const;
  };

  /// Whether what is due may have been taken by now.
  enum class Fees { taken, due };
  Allowance position_allowance(Fees fees = Fees::due) const;
  Allowance cash_allowance(Fees fees = Fees::due) const;
  bool judges_cash() const;
  double fees_due_usd() const { return cash_fees_due_ + coin_fees_due_ * std::max(price_, 0.0); }
  Books ours_of(const AccountReading& reading) const;
  bool coins_agree(const Books& reading) const;
  void wait_for_cash(const Books& reading);
  bool agrees(const Books& reading, Fees fees) const;
  void agree(const Books& reading);
  void keep_fees_in_mind(const Books& reading);
  void differ(const Books& reading);
  bool sells_foreign(const Books& reading) const;
  void release_foreign(const Books& reading);
  void take_difference(const Books& reading);
  void restate(const Books& reading);
  void grow_pause();
  std::string sentence(const Books& reading) const;
  void remember(const std::string& memory);

  Options options_;
  const base::Clock& clock_;
  Books read_;
  Amounts expected_;
  Decimal foreign_;  // coins of our instrument that are nobody's
  Division division_;
  environment::Account account_;
  double price_ = 0;
  double bought_ = 0;  // since the books agreed last: gross quantity, and its value
  double bought_value_ = 0;
  double sold_value_ = 0;
  double coin_fees_due_ = 0;  // not taken from the account yet
  double cash_fees_due_ = 0;
  std::optional<base::Instant> fees_since_;
  std::optional<base::Instant> others_seen_;
  bool cash_known_ = true;
  bool agreed_ = true;
  std::optional<Amounts> differing_;  // the reading before, when it differed
  std::optional<Steady::time_point> differs_since_;
  std::optional<Steady::time_point> moved_at_;  // last fill, cancel or order update
  std::chrono::milliseconds pause_{0};
  Steady::time_point due_;
  Steady::time_point agreed_at_;
  std::optional<base::Instant> unread_since_;
  std::size_t unread_ = 0;
  std::vector<trader::BooksDifference> differences_;
};

}  // namespace ctt::alpaca
