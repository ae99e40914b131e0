#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "environment/episode.h"
#include "policy/policy.h"

namespace ctt::evaluation {

/// What a frozen policy made of a range of bars, next to staying out (0) and buying at the start.
struct BacktestReport {
  base::Seconds first{};  ///< opening times of the first and the last bar that counted
  base::Seconds last{};
  std::size_t bars = 0;
  double initial_cash = 0;
  double net_worth = 0;
  double pnl = 0;
  double pnl_pct = 0;
  double hold_pct = 0;     ///< of all cash invested before the first bar, costs paid
  double fees = 0;         ///< commissions, quote currency
  double spread_paid = 0;  ///< to the half spread, quote currency
  double max_drawdown_pct = 0;
  double sharpe = 0;  ///< of per-bar returns, not annualised; 0 without variation
  std::size_t trades = 0;
  std::size_t buys = 0, sells = 0, holds = 0;  ///< the policy's actions
  bool finite = true;                          ///< every output of the policy was a number

  struct Fill {
    base::Seconds decided_at{};  ///< opening time of the bar the decision was made on
    environment::Trade trade;
  };
  std::vector<Fill> fills;
  market::Costs costs{};       ///< that it was run at, multiplied
  std::vector<double> equity;  ///< net worth at each bar's close, [bars + 1], the start first
};

/// The environment a policy was trained for, with episodes that run to the end of the data.
environment::EpisodeSettings settings_of(const policy::Contract& contract, double initial_cash = 10000);

struct BacktestOptions {
  base::Seconds first{};     ///< the first bar that counts
  double cost_multiple = 1;  ///< of the costs below
  double initial_cash = 10000;
  std::optional<market::Costs> costs{};  ///< nothing: those of the contract
};

/// Runs the policy (likeliest action, no exploration) over `data` to its end: the first decision
/// falls on the bar before `first`, or on the first bar whose window is full when that is later.
/// Throws Error(data_blocked) when no bar is left to trade on.
BacktestReport backtest(const policy::Policy& policy,
                        const std::shared_ptr<const environment::MarketData>& data,
                        const BacktestOptions& options = {});

}  // namespace ctt::evaluation
