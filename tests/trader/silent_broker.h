#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "rig.h"
#include "trader/decision_loop.h"

namespace ctt::trader {

// Keeps everything that a loop wrote.
struct MemoryJournal : Journal {
  std::vector<store::LiveDecision> decisions;
  std::vector<store::LiveTrade> trades;
  std::vector<store::LiveOrder> orders;
  std::vector<std::string> halts;
  std::vector<store::TraderState> states;
  std::size_t durable_orders = 0;

  void decided(const store::LiveDecision& decision) override { decisions.push_back(decision); }
  void filled(const store::LiveTrade& trade, const market::OrderEvent&, const store::SessionState&) override {
    trades.push_back(trade);
  }
  void ordered(const store::LiveOrder& intent) override { orders.push_back(intent); }
  void order_changed(const market::OrderEvent&) override {}
  void account_changed(const store::SessionState&) override {}
  bool ordered_durably(const store::LiveOrder& intent) override {
    ++durable_orders;
    if (std::ranges::find(orders, intent.client_order_id, &store::LiveOrder::client_order_id) != orders.end())
      return false;
    orders.push_back(intent);
    return true;
  }
  void flattened_durably(const std::string& reason, const store::SessionState&) override {
    halts.push_back(reason);
  }
  void escalated_durably(store::TraderState state, const std::string& reason,
                         const store::SessionState&) override {
    if (state == store::TraderState::halted) halts.push_back(reason);
    states.push_back(state);
  }
};

// Says nothing about its orders until told to.
struct SilentBroker : Broker {
  environment::Account books_{10000, {}};
  std::vector<OrderIntent> sent;
  std::vector<market::OrderEvent> news;
  bool unreachable = false;
  BooksHealth health;
  double smallest = 0;
  double largest_sale = 0;
  bool released = true;  // of the position: not held by other orders
  std::vector<Scope> cancelled;
  std::vector<BooksDifference> differences;
  std::optional<std::chrono::milliseconds> ahead;

  bool needs_durable_intent() const override { return true; }
  void take_over(const Ledger&) override {}
  market::Order round_to_increments(const market::Order& order, double) const override {
    if (!released) return {};
    auto rounded = order;
    if (largest_sale > 0) rounded.quantity = std::min(order.quantity, largest_sale);
    return order.cash > 0 && order.cash < smallest ? market::Order{} : rounded;
  }
  void cancel_open(Scope scope) override { cancelled.push_back(scope); }
  bool is_sellable(double quantity, double close) const override { return quantity * close > smallest; }
  BooksHealth books() const override { return health; }
  std::vector<BooksDifference> take_differences() override { return std::exchange(differences, {}); }
  std::optional<std::chrono::milliseconds> clock_ahead() const override { return ahead; }
  void bar_arrived(const market::Candle&) override {}
  void submit(const OrderIntent& intent) override {
    if (unreachable) throw base::Error(base::Failure::unreachable, "no route to the broker");
    sent.push_back(intent);
  }
  std::vector<market::OrderEvent> take_events() override { return std::exchange(news, {}); }
  const environment::Account& account() const override { return books_; }
  std::string name() const override { return "silent"; }

  // The newest order sells `quantity` at 100 and has its end, or is refused.
  void sell(double quantity, double commission = 0) {
    const market::Trade sale{.side = market::Side::sell,
                             .price = 100,
                             .quantity = quantity,
                             .cash = 100 * quantity - commission,
                             .commission = commission};
    books_.apply(sale);
    news.push_back({.client_order_id = sent.back().client_order_id,
                    .status = market::OrderStatus::filled,
                    .trade = sale});
  }
  void refuse(const std::string& reason) {
    news.push_back({.client_order_id = sent.back().client_order_id,
                    .status = market::OrderStatus::rejected,
                    .reason = reason});
  }
};

struct SilentBench {
  explicit SilentBench(policy::Contract contract_ = contract_with("BSH", environment::Fill::close))
      : contract(std::move(contract_)) {}

  policy::Contract contract;
  PolicySlot slot{serving(stubborn(contract, 1), 1)};
  Risk risk{{.max_position = 0,
             .max_drawdown_fraction = 0,
             .max_daily_loss_fraction = 0,
             .max_rejects = 0,
             .max_model_age = std::chrono::seconds(0),
             .max_clock_skew = std::chrono::seconds(5)}};
  SilentBroker broker;
  MemoryJournal journal;
  base::SystemClock clock;
  DecisionLoop loop{{.contract = contract,
                     .schedule_id = "btc",
                     .session_id = "live-1",
                     .flatten_pauses = {std::chrono::milliseconds(1), std::chrono::milliseconds(4)}},
                    slot,
                    broker,
                    risk,
                    journal,
                    clock};
  std::vector<market::Candle> candles = warm_then(contract, {100, 100, 100, 100});
  void take(std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) loop.take({candles[i], contract.timeframe, false});
  }
};

}  // namespace ctt::trader
