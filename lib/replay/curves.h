#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "replay/lineage.h"

namespace ctt::replay {

/// The lineage whose net return is the middle one; the worse of two middle ones.
const LineageRun& middle_of(const std::vector<const LineageRun*>& seeds);

/// `{"times":[...],"arms":[...],"difference":...}` of at most 600 instants: equity with the range of the seeds, the
/// drawdown of the middle seed, and the difference of `arm` to `against` over the newest 90 days, a year.
///
/// - `arms`: the lineages of each arm, in the order in which they are shown.
std::string curves_json(const std::vector<std::vector<const LineageRun*>>& arms, std::optional<Arm> arm,
                        std::optional<Arm> against, const market::Timeframe& timeframe);

/// Growth of an account by the days (`2026-11-23`) or months (`2026-11`) in which its bars opened; 1 is none.
enum class Period { day, month };
std::map<std::string, double> growth_by(Period period, const AccountHistory& account);

/// `[{"arm","month","return_pct"}]` of the middle seeds.
std::string months_json(const std::vector<std::vector<const LineageRun*>>& arms);

/// `[{"arm","edges_pct","counts"}]`: the round trips of all seeds.
std::string trade_returns_json(const std::vector<std::vector<const LineageRun*>>& arms);

}  // namespace ctt::replay
