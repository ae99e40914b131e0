#include "trader/simulated_broker.h"

namespace ctt::trader {

SimulatedBroker::SimulatedBroker(double cash, double commission_fraction, environment::Fill fill)
    : account_(cash, commission_fraction), fill_(fill) {}

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
    updates_.push_back({intent.client_order_id, {}, OrderUpdate::Status::open, {}, {}, {}, {}});
  } else {
    execute(intent, intent.close);
  }
}

void SimulatedBroker::cancel_open(Which which) {
  if (!pending_ || (which == Which::purchases && pending_->order.side != environment::Side::buy)) return;
  updates_.push_back(
      {pending_->client_order_id, {}, OrderUpdate::Status::cancelled, {}, "cancelled", {}, {}});
  pending_.reset();
}

void SimulatedBroker::execute(const OrderIntent& intent, double price) {
  const auto trade = account_.execute(intent.order, price);
  if (trade.side == environment::Side::none) {
    updates_.push_back({intent.client_order_id,
                        {},
                        OrderUpdate::Status::rejected,
                        {},
                        "the account cannot cover any of it",
                        {},
                        {}});
    return;
  }
  updates_.push_back({intent.client_order_id, {}, OrderUpdate::Status::filled, trade, {}, {}, {}});
}

}  // namespace ctt::trader
