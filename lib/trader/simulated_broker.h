#pragma once

#include <optional>

#include "environment/settings.h"
#include "trader/broker.h"

namespace ctt::trader {

/// Carries orders out on an environment::Account exactly as an episode does: at the close of the
/// bar they were decided on, or at the next bar's open. So a replay equals a backtest to the cent.
///
/// The account begins anew with each session.
class SimulatedBroker : public Broker {
 public:
  SimulatedBroker(double cash, const market::Costs& costs, environment::Fill fill);
  /// Goes on with an account that may have a position.
  SimulatedBroker(const environment::Account& account, environment::Fill fill);

  bool needs_durable_intent() const override { return false; }
  void take_over(const Ledger&) override {}
  market::Order round_to_increments(const market::Order& order, double) const override { return order; }
  void bar_arrived(const market::Candle& bar) override;
  void submit(const OrderIntent& intent) override;
  std::vector<market::OrderEvent> take_events() override { return std::exchange(events_, {}); }
  void cancel_open(Scope scope) override;
  const environment::Account& account() const override { return account_; }
  std::string name() const override { return "simulated"; }

 private:
  void execute(const OrderIntent& intent, double price);

  environment::Account account_;
  environment::Fill fill_;
  std::optional<OrderIntent> pending_;  // fills at the next open
  std::vector<market::OrderEvent> events_;
};

}  // namespace ctt::trader
