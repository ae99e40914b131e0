#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/transaction.h"

namespace ctt::store {

/// What of an account's money a schedule may trade with. One without a budget has the whole account.
struct Budget {
  std::string schedule_id;
  std::string words;                 ///< as it was given: `40%`, `3000`
  std::optional<double> amount_usd;  ///< what a trader made of the words when it began with them
};

namespace budgets {

/// Throws Error(not_found) for a schedule that is not there. The same words again change nothing; others are to
/// be settled anew.
void set(Transaction& change, std::string_view schedule_id, std::string_view words);
/// What the words come to, from now on and over restarts.
void settle(Transaction& change, std::string_view schedule_id, double amount_usd);
/// Gives the whole account back to the schedule.
void remove(Transaction& change, std::string_view schedule_id);

std::optional<Budget> find(Database& database, std::string_view schedule_id);
std::vector<Budget> list(Database& database);

}  // namespace budgets
}  // namespace ctt::store
