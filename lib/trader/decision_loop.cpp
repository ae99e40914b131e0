#include "trader/decision_loop.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"

namespace ctt::trader {

namespace {

using environment::Side;

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

DecisionLoop::DecisionLoop(Settings settings, PolicySlot& policies, Broker& broker, Risk& risk,
                           Journal& journal, const base::Clock& clock)
    : settings_(std::move(settings)),
      policies_(policies),
      broker_(broker),
      risk_(risk),
      journal_(journal),
      clock_(clock),
      observer_(settings_.contract),
      scheme_(environment::ActionSchemeSpec::parse(settings_.contract.action_scheme,
                                                   settings_.contract.action_parameters)) {
  state_.cash = state_.equity = broker_.account().cash();
}

void DecisionLoop::warm_up(std::span<const market::Candle> history) {
  for (const auto& candle : history) {
    if (refuse({candle, settings_.contract.timeframe, false})) continue;
    state_.bars_filled += observer_.push(candle);
    newest_ = candle.open_time;
  }
}

std::optional<BarRefusal> DecisionLoop::refuse(const FeedBar& bar) {
  BarExpectation expected{settings_.contract.timeframe, newest_, std::nullopt};
  if (settings_.live) expected.now = clock_.now();
  const auto refusal = refusal_of(bar, expected);
  if (refusal) {
    ++state_.bars_refused;
    state_.last_refusal = fmt::format("{} {}", base::to_rfc3339(bar.candle.open_time), name(*refusal));
    base::log()->warn("bar refused: {}", state_.last_refusal);
  }
  return refusal;
}

BarResult DecisionLoop::take(const FeedBar& bar) {
  BarResult result;
  result.refused = refuse(bar);
  if (result.refused) return result;
  ++state_.bars;
  newest_ = state_.last_bar = bar.candle.open_time;
  now_ = bar.candle.open_time;  // what was open fills at the bar's open
  broker_.bar_arrived(bar.candle);
  take_updates();
  now_ = bar.candle.open_time + settings_.contract.timeframe.duration();
  state_.bars_filled += observer_.push(bar.candle);
  settle(bar.candle);
  if (auto reason = risk_.watch(state_.equity, bar.candle.open_time)) {
    base::log()->error("halted: {}", *reason);
    journal_.halted_durably(*reason);
  }
  state_.drawdown_fraction = risk_.drawdown_fraction();
  if (observer_.ready() && !bar.last) {
    result.decision = decide(bar.candle);
    settle(bar.candle);
    result.decision->equity = state_.equity;
    result.decision->position = state_.position;
    journal_.decided(*result.decision);
    ++state_.decisions;
  }
  result.equity = state_.equity;
  journal_.account_changed(session_state());
  return result;
}

store::LiveDecision DecisionLoop::decide(const market::Candle& candle) {
  const auto serving = policies_.current();  // this one to the end
  const auto observation = observer_.observe(broker_.account());
  const auto output = serving->policy().decide(observation, scratch_);
  std::optional<std::string> held;
  if (!output.finite) held = "not_finite";
  if (stale(candle)) held = "stale_data";
  if (!open_orders_.empty()) held = "order_open";
  if (risk_.halted()) held = "halted";
  const auto chosen = choose(output.finite ? output.action : 0, candle, held);

  store::LiveDecision decision;
  decision.session_id = settings_.session_id;
  decision.bar_open_time = candle.open_time;
  decision.step = static_cast<std::int64_t>(state_.bars);
  decision.model_version = serving->version();
  decision.model_sha256 = serving->sha256();
  decision.action = output.finite ? output.action : 0;
  decision.side = to_store(chosen.order.side);
  decision.price = candle.close;
  decision.reason = chosen.reason;
  decision.decided_at = clock_.now();
  if (chosen.order.side != Side::none) send(chosen.order, candle, serving->version());
  return decision;
}

DecisionLoop::Chosen DecisionLoop::choose(int action, const market::Candle& candle,
                                          std::optional<std::string> held_because) {
  const auto& account = broker_.account();
  // The scheme is asked on every bar, so that its counters run on while nothing may be sent.
  auto order = scheme_.decide(held_because ? 0 : action, candle.close, account);
  if (held_because && held_because != "not_finite") order.side = Side::none;
  if (held_because) return {order, std::move(held_because)};
  const auto limited = risk_.limit(order, candle.close, account);
  if (limited.side != order.side || limited.cash != order.cash) return {limited, "max_position"};
  if (order.forced) return {limited, "scheme"};
  return {limited, std::nullopt};
}

void DecisionLoop::send(const environment::Order& order, const market::Candle& candle,
                        std::int64_t model_version) {
  const OrderIntent intent{order_id(candle.open_time), settings_.contract.symbol, order, candle.open_time,
                           candle.close};
  store::LiveOrder row;
  row.client_order_id = intent.client_order_id;
  row.session_id = settings_.session_id;
  row.schedule_id = settings_.schedule_id;
  row.bar_open_time = candle.open_time;
  row.model_version = model_version;
  row.symbol = intent.symbol;
  row.side = to_store(order.side);
  if (order.side == Side::buy) row.notional = order.cash;
  if (order.side == Side::sell) row.quantity = order.quantity;
  row.created_at = row.updated_at = clock_.now();
  if (broker_.needs_durable_intent()) {
    journal_.ordered_durably(row);
  } else {
    journal_.ordered(row);
  }
  open_orders_[intent.client_order_id] = {model_version, 0, 0};
  try {
    broker_.submit(intent);
  } catch (const base::Error& error) {
    // Certainly not sent: the bar is over, the next decision is a new one.
    take_update({intent.client_order_id, {}, OrderUpdate::Status::rejected, {}, error.what(), {}, {}});
  }
  take_updates();
}

void DecisionLoop::take_updates() {
  for (const auto& update : broker_.take_updates()) take_update(update);
}

void DecisionLoop::take_update(const OrderUpdate& update) {
  auto& order = open_orders_[update.client_order_id];
  if (update.trade.side != Side::none) {
    order.filled_quantity += update.trade.quantity;
    order.filled_value += update.trade.quantity * update.trade.price;
    scheme_.filled(update.trade, broker_.account());
    record_trade(update, order);
  }
  store::OrderUpdate change;
  change.status = to_store(update.status);
  change.broker_order_id = unless_empty(update.broker_order_id);
  change.message = unless_empty(update.reason);
  if (order.filled_quantity > 0) {
    change.filled_quantity = order.filled_quantity;
    change.filled_price_avg = order.filled_value / order.filled_quantity;
  }
  journal_.order_changed(update.client_order_id, change);
  if (store::is_final(change.status)) open_orders_.erase(update.client_order_id);
}

void DecisionLoop::record_trade(const OrderUpdate& update, const OpenOrder& order) {
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
  journal_.traded(trade);
}

void DecisionLoop::settle(const market::Candle& candle) {
  const auto& account = broker_.account();
  state_.cash = account.cash();
  state_.position = account.quantity();
  state_.equity = account.net_worth(candle.close);
  state_.entry_price = account.entry_price() > 0 ? std::optional(account.entry_price()) : std::nullopt;
}

bool DecisionLoop::stale(const market::Candle& candle) const {
  if (!settings_.live || settings_.stale_after.count() == 0) return false;
  return clock_.now() - (candle.open_time + settings_.contract.timeframe.duration()) > settings_.stale_after;
}

// One order per bar at most, so the bar names it. A broker that outlives us must meet the same name
// after a restart; one that does not would meet the names of earlier replays.
std::string DecisionLoop::order_id(base::Seconds bar_time) const {
  const auto& owner = broker_.needs_durable_intent() ? settings_.schedule_id : settings_.session_id;
  return fmt::format("ctt-{}-{}", owner, bar_time.time_since_epoch().count());
}

store::SessionState DecisionLoop::session_state() const {
  store::SessionState session;
  session.equity = state_.equity;
  session.cash = state_.cash;
  session.position_qty = state_.position;
  session.entry_price = state_.entry_price;
  session.peak_equity = risk_.peak();
  session.max_drawdown_pct = 100 * risk_.drawdown_fraction_max();
  session.total_trades = static_cast<std::int64_t>(state_.trades);
  session.total_bars = static_cast<std::int64_t>(state_.bars);
  session.last_bar_at = state_.last_bar;
  base::JsonWriter json;
  json.object().field("scheme", settings_.contract.action_scheme).field("memory", scheme_.memory());
  session.scheme_state = json.end().text();
  return session;
}

bool DecisionLoop::restore(const std::string& scheme_state) {
  try {
    auto json = base::JsonValue::parse(scheme_state, "the scheme's memory").as_object();
    if (json.string("scheme") != settings_.contract.action_scheme) return false;
    std::vector<double> memory;
    for (const auto& value : json.at("memory").as_array()) memory.push_back(value.as_number());
    scheme_.restore(memory);
    return true;
  } catch (const base::Error&) {
    return false;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

}  // namespace ctt::trader
