#include "environment/account.h"

#include <algorithm>
#include <cmath>

namespace ctt::environment {

namespace {

// What is left of a position below this fraction is rounding, not a position.
constexpr double kDust = 1e-9;

}  // namespace

Trade Account::execute(const Order& order, double price) {
  Trade trade{.side = order.side};
  if (order.side == Side::buy) {
    trade.price = price * (1 + costs_.half_spread);
    trade.cash = std::min(order.cash, cash_);
    trade.commission = trade.cash * costs_.commission;
    trade.quantity = (trade.cash - trade.commission) / trade.price;
  } else if (order.side == Side::sell) {
    trade.price = price * (1 - costs_.half_spread);
    trade.quantity = std::min(order.quantity, quantity_);
    trade.commission = trade.quantity * trade.price * costs_.commission;
    trade.cash = trade.quantity * trade.price - trade.commission;
  }
  // Written so that an amount that is not a number trades nothing either.
  if (!(trade.cash > 0) || !(trade.quantity > 0)) return {};
  apply(trade);
  return trade;
}

void Account::apply(const Trade& trade) {
  if (trade.side == Side::buy) {
    const double total = quantity_ + trade.quantity;
    const double share = trade.quantity / total;
    entry_price_ += share * (trade.price - entry_price_);
    quantity_ = total;
    cash_ -= trade.cash;
  } else if (trade.side == Side::sell) {
    const double rest = quantity_ - trade.quantity;
    quantity_ = rest > kDust * quantity_ ? rest : 0;
    cash_ += trade.cash;
    if (quantity_ == 0) entry_price_ = 0;
  }
}

void Account::restate(const Books& books, double price) {
  cash_ = books.cash;
  quantity_ = books.quantity;
  if (books.entry_price > 0) entry_price_ = books.entry_price;
  if (quantity_ > 0 && entry_price_ <= 0) entry_price_ = price;
  if (quantity_ <= 0) entry_price_ = 0;
  if (books.bars_held) bars_held_ = *books.bars_held;
}

double Account::invested_fraction(double price) const {
  const double worth = net_worth(price);
  return worth > 0 ? quantity_ * price / worth : 0;
}

void write_account_columns(const Account& account, double close, float* out) {
  out[0] = static_cast<float>(account.invested_fraction(close));
  out[1] = static_cast<float>(account.unrealised_return(close));
  out[2] = static_cast<float>(std::tanh(account.bars_held() / 100.0));
}

}  // namespace ctt::environment
