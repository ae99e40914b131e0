#pragma once

#include <span>
#include <vector>

#include "audit/timeline.h"
#include "environment/account.h"

namespace ctt::audit {

/// A fill beside what the replay assumes of it.
struct FillComparison {
  base::Instant at{};
  std::optional<base::Seconds> decided_on{};
  std::int64_t model_version = 0;
  market::Side side = market::Side::none;
  double quantity = 0;
  double price = 0, assumed_price = 0;                ///< with half the assumed spread
  double fee_fraction = 0, assumed_fee_fraction = 0;  ///< of the value
  double part = 0;                       ///< of the cash (buy) or the position (sell) before it, 0 to 1
  std::size_t bar = 0, assumed_bar = 0;  ///< indices into the timeline
  double fee = 0;                        ///< quote currency

  /// How much worse than assumed, basis points.
  double price_bp() const;
};

/// The account at the start of a stretch of the timeline, before what was decided there.
environment::Account::Books books_at(const SessionRecord& record, std::span<const TimelineBar> timeline);

/// The fills of a stretch, oldest first, sized as parts of the account that it began with.
std::vector<FillComparison> compare_fills(const SessionRecord& record, std::span<const TimelineBar> timeline,
                                          const environment::Account::Books& start);

/// Which of the two numbers of each fill an account is carried through.
struct WalkBy {
  bool real_price = false, real_fee = false;
};

struct WalkedAccount {
  std::vector<double> equity, position_value;  ///< at each bar's close, [timeline]
};
/// What an account comes to when each fill takes the part of it that it took in truth.
WalkedAccount walk(std::span<const TimelineBar> timeline, const environment::Account::Books& start,
                   std::span<const FillComparison> fills, WalkBy by);

}  // namespace ctt::audit
