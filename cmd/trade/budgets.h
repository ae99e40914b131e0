#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alpaca/trading_client.h"
#include "cmd/shell/context.h"
#include "policy/checkpoint.h"
#include "store/schedules.h"

namespace ctt::cmd {

/// A schedule that a trader is to serve, and what its models are for.
struct ServedSchedule {
  store::Schedule row;
  policy::Contract contract;
};

/// A budget as it is given: a share of the account's equity, or an amount.
struct BudgetWords {
  double number = 0;  ///< per cent, or USD
  bool percent = false;

  /// `40%` or `3000`. Throws Error(usage) for anything else, and for none or more than everything.
  static BudgetWords parse(const std::string& text);
};

/// Stores what `--budget` says, as `btc=40%`, or `40%` where there is one schedule. Throws Error(usage) for a
/// schedule that is not among them.
void store_budgets(Context& context, const std::vector<std::string>& given,
                   const std::vector<ServedSchedule>& schedules);

/// What each schedule may trade with, USD; nothing for the only schedule of an account that never was given a
/// budget: it has the account.
///
/// A schedule goes on with what it was given once. Words that no trader has begun with yet are settled here: a
/// share is one of the equity that the account has now (cash and the schedules' own coins), and schedules
/// without words get equal parts of what the others leave, a budget that is stored with them. Throws
/// Error(refused) when the account has less cash than that takes, or nothing is left for a schedule.
std::vector<std::optional<double>> settle_budgets(Context& context, const alpaca::AccountReading& account,
                                                  const std::vector<ServedSchedule>& schedules);

}  // namespace ctt::cmd
