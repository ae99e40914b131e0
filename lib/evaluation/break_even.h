#pragma once

#include <optional>
#include <string>

#include "evaluation/backtest.h"

namespace ctt::evaluation {

/// The costs at which a policy's backtest comes out where holding cash does.
struct BreakEven {
  std::optional<double> multiple{};  ///< of the costs asked about; nothing as well when those are 0
  std::optional<double> side_bp{};   ///< commission and half spread of one side, basis points
  std::string reason{};              ///< why there is no such point; empty when there is one
};

/// Found by bisection over backtests at multiples of the costs of `options` (those of the contract by default;
/// its `cost_multiple` plays no part), to a 4096th. A policy that sees its account may trade differently at other
/// costs, so the result need not fall steadily with them: it is the first crossing met while doubling upwards.
/// Throws Error(data_blocked) as `backtest` does.
BreakEven break_even(const policy::Policy& policy, const std::shared_ptr<const environment::MarketData>& data,
                     const BacktestOptions& options = {});

}  // namespace ctt::evaluation
