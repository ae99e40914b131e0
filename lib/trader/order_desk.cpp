#include "trader/order_desk.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"

namespace ctt::trader {

using market::OrderEvent;
using market::OrderStatus;
using market::Side;

namespace {

double fee_bp(const market::Trade& trade) {
  const double value = trade.side == Side::buy ? trade.cash : trade.quantity * trade.price;
  return 1e4 * trade.commission / value;
}

// How much worse than the close that was decided on; what the market did since is in it, and of many fills the
// median has it balanced.
std::optional<double> slippage_bp(const market::Trade& trade, const store::LiveOrder& order) {
  if (!order.decided_close || *order.decided_close <= 0) return std::nullopt;
  const double more = trade.price / *order.decided_close - 1;
  return 1e4 * (trade.side == Side::buy ? more : -more);
}

}  // namespace

OrderDesk::OrderDesk(Settings settings, Broker& broker, Risk& risk, Journal& journal, SessionAccount& account,
                     const base::Clock& clock)
    : settings_(std::move(settings)),
      broker_(broker),
      risk_(risk),
      journal_(journal),
      account_(account),
      clock_(clock) {}

OrderDesk::Submitted OrderDesk::submit(const OrderIntent& intent, std::int64_t model_version) {
  auto rounded = intent;
  rounded.order = broker_.round_to_increments(intent.order, intent.close);
  if (rounded.order.side == Side::none) return Submitted::below_minimum;
  const double rest = intent.order.quantity - rounded.order.quantity;
  if (intent.order.side == Side::sell && broker_.is_sellable(rest, intent.close)) {
    sale_ = Sale{.whole = intent,
                 .model_version = model_version,
                 .part_id = intent.client_order_id,
                 .parts = 1,
                 .next_at = Steady::now()};
  }
  if (send(rounded, model_version)) return Submitted::sent;
  sale_.reset();
  return Submitted::repeated;
}

// False when an order of this id was sent before: then it is that order's fate that counts.
bool OrderDesk::send(const OrderIntent& intent, std::int64_t model_version) {
  const bool buys = intent.order.side == Side::buy;
  // All parts of a sale are held against the bar that decided it.
  const bool part = sale_ && sale_->part_id == intent.client_order_id;
  const auto now = clock_.now();
  const store::LiveOrder row{.client_order_id = intent.client_order_id,
                             .session_id = settings_.session_id,
                             .schedule_id = settings_.schedule_id,
                             .bar_open_time = intent.bar_time,
                             .model_version = model_version,
                             .symbol = settings_.symbol,
                             .side = intent.order.side,
                             .quantity = buys ? std::nullopt : std::optional(intent.order.quantity),
                             .notional = buys ? std::optional(intent.order.cash) : std::nullopt,
                             .decided_close = part ? sale_->whole.close : intent.close,
                             .created_at = now,
                             .updated_at = now};
  if (!broker_.needs_durable_intent()) {
    journal_.ordered(row);
  } else if (!journal_.ordered_durably(row)) {
    base::log()->error("order {} was sent before; it is not sent again", intent.client_order_id);
    return false;
  }
  open_[intent.client_order_id] = row;
  try {
    broker_.submit(intent);
  } catch (const base::Error& error) {
    // Certainly not sent: the bar is over, the next decision is a new one.
    take_event(
        {.client_order_id = intent.client_order_id, .status = OrderStatus::cancelled, .reason = error.what()},
        now);
  }
  return true;
}

void OrderDesk::take_over(const Ledger& ledger) {
  for (const auto& order : ledger.open_orders) open_[order.client_order_id] = order;
  broker_.take_over(ledger);
  take_events(clock_.now());
  account_.mark_to_market();
}

void OrderDesk::take_events(base::Instant market_time) {
  auto events = broker_.take_events();
  // First, so that a crash cannot leave the new books without the difference.
  for (const auto& difference : broker_.take_differences()) take_difference(difference);
  for (auto& event : events) take_event(std::move(event), market_time);
}

void OrderDesk::take_difference(const BooksDifference& difference) {
  base::log()->error("books differ: {}", difference.sentence);
  // What somebody else put in or took out is neither a profit nor a loss of this trader.
  risk_.rebase(difference.equity_change);
  account_.mark_to_market();
  const Escalation step{TraderState::reducing, difference.sentence};
  if (risk_.escalate(step)) {
    record(step);
  } else {
    journal_.account_changed(account_.stored());  // acknowledged books are not to differ again
  }
}

void OrderDesk::record(const std::optional<Escalation>& step) {
  if (!step) return;
  if (step->flatten) {
    base::log()->error("selling everything: {}", step->reason);
    return journal_.flatten_asked_durably(step->reason, account_.stored());
  }
  base::log()->error("{}: {}", store::name(step->state), step->reason);
  journal_.escalated_durably(step->state, step->reason, account_.stored());
}

void OrderDesk::take_event(OrderEvent event, base::Instant market_time) {
  auto& order = open_[event.client_order_id];
  order.status = event.status;
  if (event.trade) {
    take_trade(event, order, market_time);
  } else {
    if (order.filled_quantity > 0 && !event.filled_quantity) {
      event.filled_quantity = order.filled_quantity;
      event.filled_price_avg = order.filled_price_avg;
    }
    journal_.order_changed(event);
  }
  if (!is_final(event.status)) return;
  open_.erase(event.client_order_id);
  record(risk_.order_ended(event.status == OrderStatus::rejected));
  last_end_ = event;
  part_ended(event);
}

void OrderDesk::take_trade(OrderEvent& event, store::LiveOrder& order, base::Instant market_time) {
  const auto& trade = *event.trade;
  account_.scheme().filled(trade, account_.for_scheme(trade.price), is_first_part(event, order));
  const double before = order.filled_quantity * order.filled_price_avg.value_or(0);
  if (!event.filled_quantity) {
    event.filled_quantity = order.filled_quantity + trade.quantity;
    event.filled_price_avg = (before + trade.quantity * trade.price) / *event.filled_quantity;
  }
  order.filled_quantity = *event.filled_quantity;
  order.filled_price_avg = event.filled_price_avg;
  account_.mark_to_market(trade.price);
  ++account_.state().trades;
  const auto step =
      risk_.watch(account_.state().equity, std::chrono::floor<std::chrono::seconds>(market_time));
  const store::LiveTrade row{.session_id = settings_.session_id,
                             .timestamp = event.at.value_or(market_time),
                             .step = static_cast<std::int64_t>(account_.state().bars),
                             .side = trade.side,
                             .symbol = settings_.symbol,
                             .price = trade.price,
                             .size = trade.quantity,
                             .commission = trade.commission,
                             .client_order_id = event.client_order_id,
                             .alpaca_order_id = event.broker_order_id,
                             .fill_id = event.fill_id,
                             .model_version = order.model_version,
                             .fee_bp = fee_bp(trade),
                             .slippage_bp = slippage_bp(trade, order)};
  journal_.filled(row, event, account_.stored());
  record(step);
  if (sale_ && sale_->part_id == event.client_order_id) {
    sale_->traded = true;
    sale_->whole.order.quantity -= trade.quantity;
  }
}

bool OrderDesk::is_first_part(const OrderEvent& event, const store::LiveOrder& order) const {
  const bool later_sale = sale_ && sale_->part_id == event.client_order_id && sale_->traded;
  return order.filled_quantity == 0 && !later_sale;
}

// A refused part ends the sale: the next decision is a new one.
void OrderDesk::part_ended(const OrderEvent& event) {
  if (!sale_ || sale_->part_id != event.client_order_id) return;
  const bool through = !broker_.is_sellable(
      std::min(sale_->whole.order.quantity, broker_.account().quantity()), account_.price());
  if (through || event.status == OrderStatus::rejected) return sale_.reset();
  sale_->pause = event.trade || event.filled_quantity.value_or(0) > 0
                     ? std::chrono::milliseconds(0)
                     : std::clamp(2 * sale_->pause, settings_.retry_first, settings_.retry_longest);
  sale_->next_at = Steady::now() + sale_->pause;
}

void OrderDesk::continue_sale() {
  if (!sale_ || !open_.empty() || Steady::now() < sale_->next_at) return;
  if (risk_.halted() || risk_.flattening()) return sale_.reset();
  auto next = sale_->whole;
  next.order.quantity = std::min(next.order.quantity, broker_.account().quantity());
  next.close = account_.price();
  next.order = broker_.round_to_increments(next.order, next.close);
  if (next.order.side == Side::none) return sale_.reset();
  next.client_order_id = fmt::format("{}-part{}", sale_->whole.client_order_id, ++sale_->parts);
  sale_->part_id = next.client_order_id;
  if (!send(next, sale_->model_version)) sale_.reset();
}

void OrderDesk::withdraw() {
  // Not what a halted trader sells on the operator's word.
  if (risk_.halted() && !risk_.flattening()) broker_.cancel_open(Broker::Scope::all);
  if (risk_.state() == TraderState::reducing) broker_.cancel_open(Broker::Scope::purchases);
}

void OrderDesk::cancel_all() {
  sale_.reset();
  broker_.cancel_open(Broker::Scope::all);
}

}  // namespace ctt::trader
