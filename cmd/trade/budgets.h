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

/// What each schedule may trade with, USD; nothing for the only schedule of an account that never was given a
/// budget: it has the account.
///
/// A schedule goes on with what it was given once. Words that no trader has begun with yet, and those of `given`
/// (`btc=40%`, or `40%` where there is one schedule), are settled here: a share is one of the equity that the
/// account has now (cash and the schedules' own coins), and schedules without words get equal parts of what the
/// others leave. All is stored with the schedules. Throws Error(usage) for words that are none or name another
/// schedule, Error(refused) when the account has less cash than that takes, or nothing is left for a
/// schedule; nothing is stored then.
std::vector<std::optional<double>> settle_budgets(Context& context, const alpaca::AccountReading& account,
                                                  const std::vector<ServedSchedule>& schedules,
                                                  const std::vector<std::string>& given = {});

}  // namespace ctt::cmd
