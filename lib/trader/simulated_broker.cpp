#include "trader/simulated_broker.h"

namespace ctt::trader {

using market::OrderStatus;

SimulatedBroker::SimulatedBroker(double cash, const market::Costs& costs, environment::Fill fill)
    : SimulatedBroker(environment::Account(cash, costs), fill) {}

SimulatedBroker::SimulatedBroker(const environment::Account& account, environment::Fill fill)
    : account_(account), fill_(fill) {}

void SimulatedBroker::bar_arrived(const market::Candle& bar) {
  if (pending_) {
    execute(*pending_, bar.open);
    pending_.reset();
  }
  account_.next_bar();
}

void SimulatedBroker::submit(const OrderIntent& intent) {
  if (fill_ == environment::Fill::next_open) {
    pending_ = intent;
    events_.push_back({.client_order_id = intent.client_order_id, .status = OrderStatus::open});
  } else {
    execute(intent, intent.close);
  }
}

void SimulatedBroker::cancel_open(Scope scope) {
  if (!pending_ || (scope == Scope::purchases && pending_->order.side != market::Side::buy)) return;
  events_.push_back({.client_order_id = pending_->client_order_id,
                     .status = OrderStatus::cancelled,
                     .reason = "cancelled"});
  pending_.reset();
}

void SimulatedBroker::execute(const OrderIntent& intent, double price) {
  const auto trade = account_.execute(intent.order, price);
  if (trade.side == market::Side::none) {
    events_.push_back({.client_order_id = intent.client_order_id,
                       .status = OrderStatus::rejected,
                       .reason = "the account cannot cover any of it"});
    return;
  }
  events_.push_back(
      {.client_order_id = intent.client_order_id, .status = OrderStatus::filled, .trade = trade});
}

}  // namespace ctt::trader
