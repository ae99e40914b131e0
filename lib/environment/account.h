#pragma once

#include <optional>

#include "market/costs.h"
#include "market/order.h"

namespace ctt::environment {

using market::Costs;
using market::Order;
using market::Side;
using market::Trade;

/// Cash and one asset. With commission c and half spread h, a buy of cash m turns into m (1 - c) / (price (1 + h))
/// of the asset, a sale of q into q x price x (1 - h) (1 - c). The only place where money changes hands in
/// training, replay and backtest.
///
/// Nothing is rounded, borrowed or sold short. Prices are positive and finite.
class Account {
 public:
  Account(double cash, const Costs& costs) : cash_(cash), initial_cash_(cash), costs_(costs) {}

  /// Carries out what of the order the account can cover; a Trade with Side::none when nothing. `price` is the
  /// market's, the middle of its spread; the trade's own is half a spread worse.
  Trade execute(const Order& order, double price);

  /// Takes over a trade that was carried out elsewhere, as a broker reports it (its own rounding
  /// and fees). A sale of all but dust (1e-9 of the position) closes the position.
  void apply(const Trade& trade);

  /// Takes over books that are kept elsewhere. `entry_price` 0 keeps the one we know, or takes
  /// `price` for a position we did not know of.
  struct Books {
    double cash = 0;
    double quantity = 0;
    double entry_price = 0;
    std::optional<int> bars_held;  ///< nothing: as we counted
  };
  void restate(const Books& books, double price);

  /// Counts a bar for `bars_held`. Called once per bar after the order of the bar.
  void next_bar() { bars_held_ = quantity_ > 0 ? bars_held_ + 1 : 0; }

  /// Back to the initial cash.
  void reset() { *this = Account(initial_cash_, costs_); }

  double cash() const { return cash_; }
  double quantity() const { return quantity_; }
  double net_worth(double price) const { return cash_ + quantity_ * price; }
  double invested_fraction(double price) const;
  /// price over the average entry price - 1; 0 without a position. Commission is not in it.
  double unrealised_return(double price) const { return entry_price_ > 0 ? price / entry_price_ - 1 : 0; }
  double entry_price() const { return entry_price_; }  ///< average; 0 without a position
  int bars_held() const { return bars_held_; }
  double initial_cash() const { return initial_cash_; }

 private:
  double cash_;
  double initial_cash_;
  Costs costs_;
  double quantity_ = 0;
  double entry_price_ = 0;
  int bars_held_ = 0;
};

/// The account columns of an observation at a bar's close: invested fraction, unrealised return,
/// tanh(bars held / 100). One definition for training, replay and live.
void write_account_columns(const Account& account, double close, float* out);

}  // namespace ctt::environment
