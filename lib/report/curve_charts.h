#pragma once

#include "report/chart.h"
#include "report/document.h"

namespace ctt::report {

// What a point's curves show. Each is empty where the document has no data for it.

/// Net worth of all arms: the median over the seeds, and their range shaded.
Chart equity_chart(const ReportDocument::Point& point);

/// Loss since the highest net worth before, per cent; of the median seed.
Chart drawdown_chart(const ReportDocument::Point& point);

/// The rolling paired difference, per cent a year, with its interval.
Chart difference_chart(const ReportDocument::Point& point);

}  // namespace ctt::report
