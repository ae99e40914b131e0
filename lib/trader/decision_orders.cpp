#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"
#include "trader/decision_loop.h"

// The decision loop's orders: sent, heard of, taken over, flattened.

namespace ctt::trader {

namespace {

using environment::Side;

constexpr int kFlattenAttemptsMax = 3;

store::Side to_store(Side side) {
  switch (side) {
    case Side::buy:
      return store::Side::buy;
    case Side::sell:
      return store::Side::sell;
    case Side::none:
      break;
  }
  return store::Side::hold;
}

store::OrderStatus to_store(OrderUpdate::Status status) {
  switch (status) {
    case OrderUpdate::Status::open:
      return store::OrderStatus::open;
    case OrderUpdate::Status::partially_filled:
      return store::OrderStatus::partially_filled;
    case OrderUpdate::Status::filled:
      return store::OrderStatus::filled;
    case OrderUpdate::Status::cancelled:
      return store::OrderStatus::cancelled;
    case OrderUpdate::Status::rejected:
      return store::OrderStatus::rejected;
    case OrderUpdate::Status::unknown:
      break;
  }
  return store::OrderStatus::unknown;
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

// False when an order of this id was sent before: then it is that order's fate that counts.
bool DecisionLoop::send(const OrderIntent& intent, std::int64_t model_version) {
  store::LiveOrder row;
  row.client_order_id = intent.client_order_id;
  row.session_id = settings_.session_id;
  row.schedule_id = settings_.schedule_id;
  row.bar_open_time = intent.bar_time;
  row.model_version = model_version;
  row.symbol = intent.symbol;
  row.side = to_store(intent.order.side);
  if (intent.order.side == Side::buy) row.notional = intent.order.cash;
  if (intent.order.side == Side::sell) row.quantity = intent.order.quantity;
  row.created_at = row.updated_at = clock_.now();
  if (!broker_.needs_durable_intent()) {
    journal_.ordered(row);
  } else if (!journal_.ordered_durably(row)) {
    base::log()->error("order {} was sent before; it is not sent again", intent.client_order_id);
    return false;
  }
  open_orders_[intent.client_order_id] = {model_version, 0, 0};
  try {
    broker_.submit(intent);
  } catch (const base::Error& error) {
    // Certainly not sent: the bar is over, the next decision is a new one.
    take_update({intent.client_order_id, {}, OrderUpdate::Status::cancelled, {}, error.what(), {}, {}});
  }
  take_updates();
  return true;
}

// Sells what there is, on the operator's word: whatever the state, and before it becomes `halted`.
void DecisionLoop::flatten() {
  if (!risk_.flattening() || open_orders_.contains(flatten_order_)) return;
  if (!open_orders_.empty()) return broker_.cancel_open(Broker::Which::all);
  if (!broker_.settled()) return;
  if (price_ <= 0 && !broker_.needs_durable_intent()) return;  // a simulation needs a price
  environment::Order order{.side = Side::sell, .cash = 0, .quantity = broker_.account().quantity()};
  if (order.quantity > 0) order = broker_.fit(order, price_);
  if (order.side == Side::none || order.quantity <= 0 || flatten_attempts_ >= kFlattenAttemptsMax) {
    const Climb done{TraderState::halted,
                     fmt::format("{}: {:.9g} {} left", risk_.reason(), broker_.account().quantity(),
                                 settings_.contract.symbol)};
    if (risk_.climb(done)) climb(done);
    risk_.flattened();
    flatten_order_.clear();
    flatten_attempts_ = 0;
    return;
  }
  ++flatten_attempts_;
  flatten_order_ =
      fmt::format("ctt-{}-flatten-{}", settings_.session_id, clock_.now().time_since_epoch().count());
  send({flatten_order_, settings_.contract.symbol, order, std::chrono::floor<std::chrono::seconds>(now_),
        price_},
       policies_.current()->version());
}

void DecisionLoop::reconcile(const std::vector<store::LiveOrder>& pending, const Ledger& ledger) {
  for (const auto& order : pending) {
    open_orders_[order.client_order_id] = {order.model_version.value_or(0), order.filled_quantity,
                                           order.filled_quantity * order.filled_price_avg.value_or(0)};
  }
  take_differences(broker_.reconcile(ledger));
  take_updates();
  settle(broker_.account().entry_price());
}

void DecisionLoop::take_differences(const std::vector<std::string>& differences) {
  for (const auto& difference : differences) {
    base::log()->error("books differ: {}", difference);
    const Climb step{TraderState::reducing, difference};
    if (risk_.climb(step)) climb(step);
  }
}

void DecisionLoop::climb(const std::optional<Climb>& step) {
  if (!step) return;
  base::log()->error("{}: {}", store::name(step->state), step->reason);
  journal_.climbed_durably(step->state, step->reason);
}

void DecisionLoop::take_updates() {
  const auto updates = broker_.take_updates();
  // First, so that a crash cannot leave the new books without the difference.
  take_differences(broker_.take_differences());
  for (const auto& update : updates) take_update(update);
}

void DecisionLoop::take_update(const OrderUpdate& update) {
  auto& order = open_orders_[update.client_order_id];
  const bool traded = update.trade.side != Side::none;
  if (traded) {
    const bool first_part = order.filled_quantity == 0;
    order.filled_quantity += update.trade.quantity;
    order.filled_value += update.trade.quantity * update.trade.price;
    scheme_.filled(update.trade, broker_.account(), first_part);
    // Of a large position an order takes a part: it is tried as long as something comes of it.
    if (update.client_order_id == flatten_order_) flatten_attempts_ = 0;
  }
  store::OrderUpdate change;
  change.status = to_store(update.status);
  change.broker_order_id = unless_empty(update.broker_order_id);
  change.message = unless_empty(update.reason);
  if (update.order_filled > 0) {
    change.filled_quantity = update.order_filled;
    change.filled_price_avg = update.order_price;
  } else if (order.filled_quantity > 0) {
    change.filled_quantity = order.filled_quantity;
    change.filled_price_avg = order.filled_value / order.filled_quantity;
  }
  if (traded) {
    settle(update.trade.price);
    const auto step = risk_.watch(state_.equity, std::chrono::floor<std::chrono::seconds>(now_));
    journal_.filled(trade_of(update, order), update.client_order_id, change, session_state());
    climb(step);
  } else {
    journal_.order_changed(update.client_order_id, change);
  }
  if (!store::is_final(change.status)) return;
  open_orders_.erase(update.client_order_id);
  climb(risk_.order_ended(update.status == OrderUpdate::Status::rejected));
}

store::LiveTrade DecisionLoop::trade_of(const OrderUpdate& update, const OpenOrder& order) {
  ++state_.trades;
  store::LiveTrade trade;
  trade.session_id = settings_.session_id;
  trade.timestamp = update.at.value_or(now_);
  trade.step = static_cast<std::int64_t>(state_.bars);
  trade.side = to_store(update.trade.side);
  trade.symbol = settings_.contract.symbol;
  trade.price = update.trade.price;
  trade.size = update.trade.quantity;
  trade.commission = update.trade.commission;
  trade.client_order_id = update.client_order_id;
  trade.alpaca_order_id = unless_empty(update.broker_order_id);
  trade.fill_id = unless_empty(update.fill_id);
  if (order.model_version > 0) trade.model_version = order.model_version;
  return trade;
}

}  // namespace ctt::trader
