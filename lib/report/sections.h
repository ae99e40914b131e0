#pragma once

#include <string>
#include <vector>

#include "report/document.h"
#include "report/html.h"

namespace ctt::report {

// The sections of a page. One whose data the document does not have comes back with an empty body.

/// Paired differences: the picture, then the numbers.
HtmlSection comparison_section(const ReportDocument::Point& point);

/// Of a session: how far it is from its replay, and why.
HtmlSection gap_section(const ReportDocument& document);

HtmlSection equity_section(const ReportDocument::Point& point);
HtmlSection drawdown_section(const ReportDocument::Point& point);
HtmlSection difference_section(const ReportDocument::Point& point);
HtmlSection random_section(const ReportDocument::Point& point);
HtmlSection month_section(const ReportDocument::Point& point);
HtmlSection trade_section(const ReportDocument::Point& point);

/// The metrics that are asked for first, then the others, then each seed.
HtmlSection arm_section(const ReportDocument::Point& point);
HtmlSection cost_section(const ReportDocument& document, const ReportDocument::Point& point);

HtmlSection gate_section(const ReportDocument::Point& point);
HtmlSection sharpe_section(const ReportDocument::Point& point);

/// All points of the grid, and how far the best of them can be believed.
HtmlSection grid_section(const ReportDocument& document);

HtmlSection cycle_section(const ReportDocument::Point& point);

/// Settings and hashes, and the command line that does it again.
HtmlSection repeat_section(const ReportDocument& document);

/// Whether any arm ran with more than one seed, so that there are medians and ranges to speak of.
bool several_seeds(const ReportDocument::Point& point);

/// An arm's name behind a piece of its colour. HTML.
std::string arm_name(const std::string& arm);

/// `interval 7d, lr-mult 0.2`: what the grid sets at a point. Plain text.
std::string point_name(const ReportDocument::Point& point);

}  // namespace ctt::report
