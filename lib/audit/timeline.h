#pragma once

#include <optional>
#include <vector>

#include "audit/session_record.h"
#include "market/candle.h"

namespace ctt::audit {

/// What the trader made of a bar.
enum class BarFate {
  decided,  ///< the decision is recorded
  held,     ///< it was taken, and nothing came of it: not kept any more, or the features warmed up
  missed,   ///< the trader ran, and the bar never reached it or was refused
  down,     ///< no trader ran; the next one had the bar as history
};

struct TimelineBar {
  base::Seconds time{};                    ///< opening time
  std::optional<market::Candle> candle{};  ///< nothing: the dataset has none of this time
  double close = 0;                        ///< the candle's, else as the trader recorded it
  BarFate fate = BarFate::missed;
  const store::LiveDecision* decision = nullptr;  ///< of the record
};

/// The bars from the first decision of the record to the end of its range, oldest first: each that the dataset has or
/// that was decided on. Points into the record.
///
/// - `bars`: of the dataset, oldest first.
std::vector<TimelineBar> timeline_of(const SessionRecord& record, const market::CandleSeries& bars);

}  // namespace ctt::audit
