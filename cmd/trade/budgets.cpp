#include "cmd/trade/budgets.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "store/budgets.h"
#include "store/live_sessions.h"
#include "trader/trader_session.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

namespace {

constexpr double kSmallest = 10;  // USD: less is not worth an order

/// What is known of a schedule's money when budgets are settled.
struct Purse {
  std::optional<store::Budget> budget{};
  std::optional<double> before{};  // budget of the ledger that it goes on with
  double cash = 0;                 // of that ledger
  double coins_usd = 0;            // value of what it holds
  double amount_usd = 0;           // its budget
};

// New words are to be settled; the ledger goes on with what they come to.
Purse purse_of(store::Database& database, const alpaca::AccountReading& account,
               const ServedSchedule& schedule, const std::optional<std::string>& words) {
  const auto& id = schedule.row.id;
  Purse purse{.budget = store::budgets::find(database, id)};
  const auto session =
      store::live_sessions::newest_of_account(database, account.account_number, schedule.contract.symbol);
  if (session && session->schedule_id == id) {
    purse.coins_usd = session->state.position_qty * account.of(schedule.contract.symbol).market_price;
    purse.before = trader::budget_of(*session);
    if (purse.before) purse.cash = session->state.cash;
  }
  if (words && (!purse.budget || purse.budget->words != *words)) purse.budget = store::Budget{id, *words, {}};
  if (purse.budget) purse.amount_usd = purse.budget->amount_usd.value_or(0);
  return purse;
}

// What `--budget` says of each schedule.
std::map<std::string, std::string> words_by_schedule(const std::vector<std::string>& given,
                                                     const std::vector<ServedSchedule>& schedules) {
  std::map<std::string, std::string> wanted;
  for (const auto& words : given) {
    const auto at = words.find('=');
    const auto name = at == std::string::npos ? schedules.front().row.id : words.substr(0, at);
    const bool known = std::ranges::any_of(
        schedules, [&](const ServedSchedule& schedule) { return schedule.row.id == name; });
    if (!known || (at == std::string::npos && schedules.size() > 1))
      throw Error(Failure::usage, fmt::format("--budget {} names none of the schedules to be traded", words))
          .why(fmt::format("it is said as --budget {}=40%", schedules.front().row.id))
          .fix("ctt trade --help");
    wanted[name] = at == std::string::npos ? words : words.substr(at + 1);
    static_cast<void>(BudgetWords::parse(wanted[name]));
  }
  return wanted;
}

// Cash of ledgers whose schedules are not served this time: it stays theirs. Nothing where there are none.
std::optional<double> reserved_cash(store::Database& database, const std::string& account,
                                    const std::vector<ServedSchedule>& schedules) {
  std::optional<double> sum;
  for (const auto& budget : store::budgets::list(database)) {
    const bool served = std::ranges::any_of(
        schedules, [&](const ServedSchedule& schedule) { return schedule.row.id == budget.schedule_id; });
    const auto session = store::live_sessions::newest_with_account(database, budget.schedule_id);
    if (!served && session && session->account == account && trader::budget_of(*session))
      sum = sum.value_or(0) + session->state.cash;
  }
  return sum;
}

double to_cents(double usd) { return std::floor(usd * 100 + 1e-6) / 100; }

// Shares of the equity first, then equal parts of what is left.
void settle(std::vector<Purse>& purses, double equity, const std::vector<ServedSchedule>& schedules,
            const std::string& account) {
  double left = equity;
  std::size_t without = 0;
  for (auto& purse : purses) {
    if (purse.budget && !purse.budget->amount_usd) {
      const auto words = BudgetWords::parse(purse.budget->words);
      purse.amount_usd = to_cents(words.percent ? equity * words.number / 100 : words.number);
    }
    left -= purse.amount_usd;
    if (purse.before) left -= purse.cash + purse.coins_usd - *purse.before;
    without += purse.budget ? 0 : 1;
  }
  for (std::size_t i = 0; i < purses.size(); ++i) {
    if (purses[i].budget) continue;
    purses[i].amount_usd = to_cents(left / static_cast<double>(without));
    if (purses[i].amount_usd < kSmallest)
      throw Error(Failure::refused,
                  fmt::format("the budgets of the other schedules leave {:.2f} USD of account {} for {}",
                              std::max(left, 0.0), account, schedules[i].row.id))
          .why(
              "a schedule goes on with the budget that it was given once: lower another one's with ctt "
              "schedule "
              "update --budget")
          .fix("ctt trade status");
  }
}

// What begins now takes cash from the account, and what was raised; the rest of what goes on it has.
void require_cash(const std::vector<Purse>& purses, double free_cash, const std::string& account,
                  const std::vector<ServedSchedule>& schedules) {
  double wanted = 0;
  const ServedSchedule* newest = nullptr;
  double newest_amount = 0;
  for (std::size_t i = 0; i < purses.size(); ++i) {
    const auto& purse = purses[i];
    const double takes =
        purse.before ? purse.amount_usd - *purse.before : std::max(purse.amount_usd - purse.coins_usd, 0.0);
    wanted += takes;
    if (takes <= 0) continue;
    newest = &schedules[i];
    newest_amount = purse.amount_usd;
  }
  if (newest == nullptr || wanted <= free_cash + 0.01) return;
  throw Error(Failure::refused,
              fmt::format("the budgets take {:.2f} USD in cash, and account {} has {:.2f} that are no other "
                          "schedule's",
                          wanted, account, std::max(free_cash, 0.0)))
      .fix(fmt::format("ctt schedule update --schedule {} --budget {:.2f}", newest->row.id,
                       std::max(to_cents(newest_amount - (wanted - free_cash)), kSmallest)));
}

void store_amounts(store::Database& database, const std::vector<Purse>& purses,
                   const std::vector<ServedSchedule>& schedules) {
  store::Transaction change(database);
  for (std::size_t i = 0; i < purses.size(); ++i) {
    const auto& budget = purses[i].budget;
    if (budget && budget->amount_usd) continue;
    const auto& id = schedules[i].row.id;
    store::budgets::set(change, id, budget ? budget->words : fmt::format("{:.2f}", purses[i].amount_usd));
    store::budgets::settle(change, id, purses[i].amount_usd);
  }
  change.commit();
}

}  // namespace

BudgetWords BudgetWords::parse(const std::string& text) {
  BudgetWords words{.percent = text.ends_with('%')};
  const auto* end = text.data() + text.size() - (words.percent ? 1 : 0);
  const auto read = std::from_chars(text.data(), end, words.number);
  const bool sound = read.ec == std::errc{} && read.ptr == end && words.number > 0 &&
                     words.number <= (words.percent ? 100 : 1e12);
  if (!sound)
    throw Error(Failure::usage,
                fmt::format("\"{}\" is no budget: 40% of the account's equity, or an amount as 3000", text));
  return words;
}

std::vector<std::optional<double>> settle_budgets(Context& context, const alpaca::AccountReading& account,
                                                  const std::vector<ServedSchedule>& schedules,
                                                  const std::vector<std::string>& given) {
  auto& database = context.database();
  const auto wanted = words_by_schedule(given, schedules);
  std::vector<Purse> purses;
  for (const auto& schedule : schedules) {
    const auto words = wanted.find(schedule.row.id);
    purses.push_back(purse_of(database, account, schedule,
                              words == wanted.end() ? std::nullopt : std::optional(words->second)));
  }
  const auto reserved = reserved_cash(database, account.account_number, schedules);
  if (purses.size() == 1 && !purses.front().budget && !reserved) return {std::nullopt};
  double equity = account.cash.number() - reserved.value_or(0), free_cash = equity;
  for (const auto& purse : purses) {
    equity += purse.coins_usd;
    free_cash -= purse.cash;
  }
  settle(purses, equity, schedules, account.account_number);
  require_cash(purses, free_cash, account.account_number, schedules);
  store_amounts(database, purses, schedules);
  std::vector<std::optional<double>> amounts;
  for (const auto& purse : purses) amounts.emplace_back(purse.amount_usd);
  return amounts;
}

}  // namespace ctt::cmd
