#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "replay/lineage.h"

namespace ctt::replay {

/// `better` and `worse` where the interval is clear of 0.
enum class Verdict { better, worse, undecided };
std::string_view name(Verdict verdict);

/// One arm held against another, bar by bar.
struct PairedComparison {
  Arm arm = Arm::never;
  Arm against = Arm::never;
  /// Mean difference of log returns a year, per cent, and its 90 % interval.
  double mean_pct = 0, low_pct = 0, high_pct = 0;
  double share_not_below_0 = 0;  ///< of the resamples
  double block_length = 1;       ///< mean block of the resamples, bars
  std::size_t seeds = 0;
  /// Years of such bars until a difference of this size is told from 0 at 95 %; nothing for no difference.
  std::optional<double> years_needed{};
  Verdict verdict = Verdict::undecided;
};

/// Pairs lineages of equal seed; an arm with one lineage alone (`hold`) is paired with each of the other's. The
/// intervals come from the stationary bootstrap with the automatic block length of the differences' mean over seeds,
/// which draws the seeds anew too. Nothing when there are no bars to compare.
std::optional<PairedComparison> compare(const std::vector<const LineageRun*>& arm,
                                        const std::vector<const LineageRun*>& against,
                                        const market::Timeframe& timeframe);

/// log(1 + r) of each bar, [bars - 1].
std::vector<double> log_returns_of(const AccountHistory& account);

}  // namespace ctt::replay
