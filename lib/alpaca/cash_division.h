#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "alpaca/decimal.h"

namespace ctt::alpaca {

/// What one ledger of an account says when the account's cash is divided.
struct LedgerCash {
  Decimal cash{};             ///< by its own books
  double less = 0, more = 0;  ///< USD by which fees of its newest fills may differ from what was booked
  double due = 0;             ///< USD of fees that the broker has not taken yet
  bool moving = false;        ///< it has an order, or a fill that the account may lag behind
  bool coins_differ = false;  ///< the account's coins are not what the ledger's should be
  /// USD that those coins cost or brought at today's price, as a change of cash; nothing without a price.
  std::optional<double> coins_cash{};
};

/// What a ledger gets of a reading.
struct CashShare {
  Decimal cash{};
  bool open = false;  ///< the account's cash is not explained yet, and may concern this ledger
  bool lost = false;  ///< money of the ledgers is missing for good: this is what is left
};

/// Divides the cash of an account among ledgers, and what is nobody's, so that the sum is the account's to
/// the last place.
///
/// What the account has more or less than the sum is, in this order: of the ledger whose coins differ as
/// well, where it may be what they cost or brought (at most twice today's price); all the fees that are due, when that is the amount; rounding and fees of those that have just traded, in
/// proportion to what they traded; fees that are taken at the day's end, in proportion to what each owes; and, when it has stayed for `patience` without an
/// order, a deposit, a withdrawal or a trade of somebody else, which is nobody's. Where nobody's cash does not
/// cover that, the ledgers have lost it, in proportion to their cash. No share falls below 0 by it: what a ledger
/// has not is paid by nobody's cash.
///
/// No clock and no I/O: the caller says what time it is.
class CashDivision {
 public:
  using Steady = std::chrono::steady_clock;

  explicit CashDivision(std::chrono::milliseconds patience) : patience_(patience) {}

  /// The ledgers' shares of a reading, in their order. `moved_at`: the newest order or fill of any of them.
  std::vector<CashShare> divide(Decimal account, std::span<const LedgerCash> ledgers,
                                std::optional<Steady::time_point> moved_at, Steady::time_point now);

  /// USD that no ledger has; nothing until two readings in a row with all at rest have told.
  std::optional<Decimal> nobodys() const { return nobodys_; }
  void restore(Decimal nobodys) { nobodys_ = nobodys; }
  /// A ledger that begins with `cash` has it from nobody.
  void take_out(Decimal cash);

 private:
  using Shares = std::vector<CashShare>;

  bool begin(Decimal account, Decimal sum, std::span<const LedgerCash> ledgers);
  bool explain(Decimal rest, std::span<const LedgerCash> ledgers, Shares& shares) const;
  bool cover(std::span<const LedgerCash> ledgers, Shares& shares);
  void leave_open(Decimal rest, std::span<const LedgerCash> ledgers, Shares& shares) const;
  void resolve(Decimal rest, std::span<const LedgerCash> ledgers, Shares& shares);

  std::chrono::milliseconds patience_;
  std::optional<Decimal> nobodys_;
  std::optional<Decimal> rest_before_;  // of the reading before, while it was not explained
  std::optional<Steady::time_point> open_since_;
};

}  // namespace ctt::alpaca
