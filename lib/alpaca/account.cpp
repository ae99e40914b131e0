#include "alpaca/account.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ctt::alpaca {

AlpacaAccount::AlpacaAccount(TradingClient& client, const Credentials& credentials,
                             const std::optional<OrderStreamOptions>& updates,
                             std::chrono::milliseconds patience)
    : client_(client), reading_(client.account()), division_(patience) {
  if (updates) stream_ = std::make_unique<OrderStream>(*updates, credentials);
}

void AlpacaAccount::join(AccountBooks& books, OrderTracker& orders) {
  if (restored_) division_.take_out(books.cash());
  members_.push_back({&books, &orders});
}

void AlpacaAccount::leave(const AccountBooks& books) {
  const auto left = std::erase_if(members_, [&](const Member& member) { return member.books == &books; });
  if (left == 0 || !books.is_ledger()) return;
  --announced_;
  division_.take_out(Decimal() - books.cash());
}

void AlpacaAccount::take_updates() {
  if (!stream_) return;
  for (const auto& record : stream_->take()) {
    for (const auto& member : members_) member.orders->take(record);
  }
}

void AlpacaAccount::read() {
  if (members_.size() < announced_) return;
  for (const auto& member : members_) {
    if (member.orders->has_open()) member.books->order_is_open();
  }
  const auto reading = client_.try_account();
  if (!reading) {
    for (const auto& member : members_) member.books->reading_failed(&member == &members_.front());
    return;
  }
  reading_ = *reading;
  divide();
}

// A ledger that is the whole account has no others beside it.
void AlpacaAccount::divide() {
  restore_division();
  std::vector<LedgerCash> ledgers;
  std::optional<AccountBooks::Steady::time_point> moved_at;
  for (const auto& member : members_) {
    if (!member.books->is_ledger()) continue;
    ledgers.push_back(member.books->cash_facts(reading_));
    ledgers.back().moving |= member.orders->has_open();
    if (const auto moved = member.books->moved_at()) moved_at = std::max(moved_at.value_or(*moved), *moved);
  }
  for (const auto& member : members_) {
    if (moved_at && member.books->is_ledger()) member.books->other_moved(*moved_at);
  }
  const auto shares = division_.divide(reading_.cash, ledgers, moved_at, AccountBooks::Steady::now());
  auto share = shares.begin();
  for (const auto& member : members_) {
    auto& books = *member.books;
    books.is_ledger() ? books.take(reading_, *share++) : books.take(reading_.of(books.symbol()));
    books.note_division({division_.nobodys(), ledgers.empty() ? "" : this->ledgers()});
  }
}

// These ledgers go on with what was nobody's when they were last together, though some have traded without the
// others since: what those did is in their own cash. Ledgers that never were together find out.
void AlpacaAccount::restore_division() {
  if (restored_) return;
  restored_ = true;
  for (const auto& member : members_) {
    const auto& before = member.books->division();
    if (before.ledgers == ledgers() && before.nobodys) return division_.restore(*before.nobodys);
  }
}

std::string AlpacaAccount::ledgers() const {
  std::vector<std::string> names;
  for (const auto& member : members_) names.push_back(member.books->symbol());
  std::ranges::sort(names);
  return fmt::format("{}", fmt::join(names, ","));
}

}  // namespace ctt::alpaca
