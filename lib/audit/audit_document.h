#pragma once

#include <map>
#include <string>

#include "audit/audit.h"
#include "base/json.h"

namespace ctt::audit {

/// How many decisions differ, by the word of their cause.
std::map<std::string, std::size_t> counts_by_word(const std::vector<DecisionDifference>& differences);

/// A stretch of times that follow each other on the grid.
std::vector<market::TimeRange> stretches(const std::vector<base::Seconds>& times,
                                         const market::Timeframe& timeframe);

/// The middle value and the greatest of the fills, basis points; nothing without a fill.
struct FillCosts {
  double price_bp_median = 0, price_bp_worst = 0;  ///< worse than assumed
  double fee_bp_median = 0, assumed_fee_bp = 0;
};
std::optional<FillCosts> fill_costs(const SessionAudit& audit);

/// `{"schema":"ctt.trade.audit/1",...}`, docs/audit.md.
std::string document_of(const SessionRecord& record, const SessionAudit& audit);

/// The gap, its parts and what was compared: `{"gap":{...},"models":[...],...}`, a part of both documents.
std::string gap_json(const SessionRecord& record, const SessionAudit& audit);

}  // namespace ctt::audit
