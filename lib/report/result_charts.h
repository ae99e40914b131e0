#pragma once

#include "report/chart.h"
#include "report/document.h"

namespace ctt::report {

// What a point's results show. Each is empty where the document has no data for it.

/// Paired differences with their intervals, around 0.
Chart comparison_chart(const ReportDocument::Point& point);

/// The arms' net returns, with the seeds' range, on the band of random traders.
Chart random_chart(const ReportDocument::Point& point);

/// Returns by month: a row for each arm and year.
Chart month_chart(const ReportDocument::Point& point);

/// Round trips by their return, for each arm that made any. Arms whose intervals differ from the first
/// one's are left out.
Chart trade_chart(const ReportDocument::Point& point);

/// What the gate said of real and of placebo candidates.
Chart gate_chart(const ReportDocument::Point& point);

}  // namespace ctt::report
