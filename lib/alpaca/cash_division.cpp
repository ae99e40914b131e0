#include "alpaca/cash_division.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/log.h"

namespace ctt::alpaca {

namespace {

// What the rounding of dollars may make, and how much dearer a coin may have become by the time its fee is taken
// in dollars: as AccountBooks has it.
constexpr double kCents = 0.02;
constexpr double kDueUncertainty = 0.05;
// What coins were sold for while nobody looked may be this many times what they are worth now.
constexpr double kPriceMovedMost = 2;

// Adds `amount` to the shares by weight; the last digit goes to the heaviest, or without weights all of it.
void spread(Decimal amount, const std::vector<double>& weights, std::vector<CashShare>& shares) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const auto heaviest = static_cast<std::size_t>(std::ranges::max_element(weights) - weights.begin());
  auto left = amount;
  for (std::size_t i = 0; sum > 0 && i < shares.size(); ++i) {
    if (i == heaviest) continue;
    const auto part = Decimal::or_zero(amount.number() * weights[i] / sum);
    shares[i].cash = shares[i].cash + part;
    left = left - part;
  }
  shares[heaviest].cash = shares[heaviest].cash + left;
}

template <class Weight>
std::vector<double> weights_of(std::span<const LedgerCash> ledgers, Weight weight) {
  std::vector<double> weights;
  for (const auto& ledger : ledgers) weights.push_back(std::max(weight(ledger), 0.0));
  return weights;
}

std::vector<double> cash_weights(const std::vector<CashShare>& shares) {
  std::vector<double> weights;
  for (const auto& share : shares) weights.push_back(std::max(share.cash.number(), 0.0));
  return weights;
}

// A deposit of a thousand is not what a hundred dollars of coins were sold for.
bool pays_for_coins(Decimal rest, std::span<const LedgerCash> ledgers) {
  double coins = 0, fees = kCents;
  for (const auto& ledger : ledgers) {
    if (!ledger.coins_differ) continue;
    if (!ledger.coins_cash) return true;
    coins += *ledger.coins_cash;
    fees += ledger.less;
  }
  const double most = kPriceMovedMost * std::abs(coins) + fees;
  const double paid = coins < 0 ? -rest.number() : rest.number();
  return paid <= most && paid >= -fees;
}

}  // namespace

void CashDivision::take_out(Decimal cash) {
  if (nobodys_) nobodys_ = *nobodys_ - cash;
}

std::vector<CashShare> CashDivision::divide(Decimal account, std::span<const LedgerCash> ledgers,
                                            std::optional<Steady::time_point> moved_at,
                                            Steady::time_point now) {
  Shares shares;
  Decimal sum;
  for (const auto& ledger : ledgers) {
    shares.push_back({.cash = ledger.cash});
    sum = sum + ledger.cash;
  }
  if (ledgers.empty() || !begin(account, sum, ledgers)) return shares;
  const auto rest = account - sum - *nobodys_;
  auto explained = shares;
  if (explain(rest, ledgers, explained) && cover(ledgers, explained)) {
    open_since_.reset();
    rest_before_.reset();
    return explained;
  }
  const bool same = rest_before_ == rest;
  rest_before_ = rest;
  if (!same || !open_since_) open_since_ = now;
  if (same && now - std::max(*open_since_, moved_at.value_or(*open_since_)) >= patience_) {
    resolve(rest, ledgers, shares);
  } else {
    leave_open(rest, ledgers, shares);
  }
  return shares;
}

// What was there before us is nobody's; that less is there than the ledgers have is left to be explained.
bool CashDivision::begin(Decimal account, Decimal sum, std::span<const LedgerCash> ledgers) {
  if (nobodys_) return true;
  const auto rest = account - sum;
  const bool at_rest =
      std::ranges::none_of(ledgers, [](const auto& ledger) { return ledger.moving || ledger.coins_differ; });
  const bool same = at_rest && rest_before_ == rest;
  rest_before_ = at_rest ? std::optional(rest) : std::nullopt;
  if (!same) return false;
  nobodys_ = std::max(rest, Decimal());
  rest_before_.reset();
  return true;
}

bool CashDivision::explain(Decimal rest, std::span<const LedgerCash> ledgers, Shares& shares) const {
  if (rest == Decimal()) return true;
  const auto differing = std::ranges::find_if(ledgers, &LedgerCash::coins_differ);
  if (differing != ledgers.end() && !pays_for_coins(rest, ledgers)) return false;
  if (differing != ledgers.end()) {
    const auto at = static_cast<std::size_t>(differing - ledgers.begin());
    shares[at].cash = shares[at].cash + rest;
    // The fees of others that have just traded are in it as well: they wait for a reading that has it all.
    for (std::size_t i = 0; i < shares.size(); ++i) shares[i].open = i != at && ledgers[i].moving;
    return true;
  }
  const bool less = rest < Decimal();
  const double amount = rest.magnitude().number();
  const auto due = weights_of(ledgers, [](const LedgerCash& ledger) { return ledger.due; });
  const double due_sum = std::accumulate(due.begin(), due.end(), 0.0);
  const double due_off = kCents + kDueUncertainty * due_sum;
  // All that is due and nothing else: not the fee of somebody who happens to have traded just now.
  if (less && due_sum > 0 && std::abs(amount - due_sum) <= due_off) {
    spread(rest, due, shares);
    return true;
  }
  const auto fees = weights_of(ledgers, [&](const LedgerCash& ledger) {
    return !ledger.moving ? 0 : less ? ledger.less : ledger.more;
  });
  const double fees_sum = std::accumulate(fees.begin(), fees.end(), 0.0);
  if (amount <= kCents + fees_sum) {
    const auto cash = weights_of(ledgers, [](const LedgerCash& ledger) { return ledger.cash.number(); });
    spread(rest, fees_sum > 0 ? fees : cash, shares);
    return true;
  }
  if (!less || due_sum <= 0 || amount > due_sum + due_off) return false;
  spread(rest, due, shares);
  return true;
}

// What would make a share fall below 0 is paid by nobody's cash, and cents of what that lacks by the other
// ledgers. False when more than cents are lacking.
bool CashDivision::cover(std::span<const LedgerCash> ledgers, Shares& shares) {
  auto covered = shares;
  Decimal lacking;
  for (std::size_t i = 0; i < covered.size(); ++i) {
    // More than cents below 0 by its own books is its own affair.
    const bool cents = ledgers[i].cash >= Decimal::or_zero(-kCents);
    const auto floor = cents ? Decimal() : ledgers[i].cash;
    if (covered[i].cash >= floor) continue;
    lacking = lacking + floor - covered[i].cash;
    covered[i].cash = floor;
  }
  if (!lacking.positive()) return true;
  const auto paid = std::min(lacking, std::max(*nobodys_, Decimal()));
  const auto rest = paid - lacking;
  if (rest < Decimal::or_zero(-kCents)) return false;
  const auto cash = cash_weights(covered);
  const bool account_below_0 = std::accumulate(cash.begin(), cash.end(), 0.0) < -rest.number();
  if (account_below_0) return true;
  nobodys_ = *nobodys_ - paid;
  shares = std::move(covered);
  if (rest < Decimal()) spread(rest, cash, shares);
  return true;
}

// Money that is missing while nobody trades may be any ledger's; else it is a matter of those that do.
void CashDivision::leave_open(Decimal rest, std::span<const LedgerCash> ledgers, Shares& shares) const {
  const bool missing = *nobodys_ + rest < Decimal::or_zero(-kCents);
  const bool any_moving = std::ranges::any_of(ledgers, &LedgerCash::moving);
  for (std::size_t i = 0; i < shares.size(); ++i)
    shares[i].open = ledgers[i].moving || (missing && !any_moving);
}

void CashDivision::resolve(Decimal rest, std::span<const LedgerCash> ledgers, Shares& shares) {
  const auto left = *nobodys_ + rest;
  base::log()->info("cash changed by {:+.2f} without a trade of ours; {:.2f} are of no schedule",
                    rest.number(), std::max(left.number(), 0.0));
  nobodys_ = std::max(left, Decimal());
  open_since_.reset();
  rest_before_.reset();
  if (!(left < Decimal::or_zero(-kCents))) return;
  spread(left, weights_of(ledgers, [](const LedgerCash& ledger) { return ledger.cash.number(); }), shares);
  for (auto& share : shares) share.lost = true;
}

}  // namespace ctt::alpaca
