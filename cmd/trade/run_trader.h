#pragma once

#include <vector>

#include "cmd/shell/context.h"
#include "trader/trader.h"

namespace ctt::cmd {

/// A trader from its start to its end: says when each schedule is ready and what a limit of loss will do, prints
/// decisions with `--json`, feeds the service manager's watchdog, ends on a signal, and prints what came of it.
/// `limits` are those of the account. The exit status.
int run_trader(Context& context, std::vector<trader::TradedSchedule> schedules,
               const trader::AccountLimits& limits);

}  // namespace ctt::cmd
