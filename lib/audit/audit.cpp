#include "audit/audit.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "audit/decision_comparison.h"
#include "audit/gap.h"
#include "base/error.h"
#include "market/series.h"
#include "market/soundness.h"

namespace ctt::audit {

using base::Error;
using base::Failure;

namespace {

// The bars as the trader had them: what it missed is a hole to its features.
market::CandleSeries bars_seen(const market::CandleSeries& bars, std::span<const TimelineBar> timeline) {
  market::CandleSeries seen{bars.symbol, bars.timeframe, {}};
  auto row = timeline.begin();
  for (const auto& candle : bars.candles) {
    while (row != timeline.end() && row->time < candle.open_time) ++row;
    const bool missed =
        row != timeline.end() && row->time == candle.open_time && row->fate == BarFate::missed;
    if (!missed) seen.candles.push_back(candle);
  }
  return seen;
}

trader::AuditReport recompute(const SessionRecord& record, const market::CandleSeries& bars,
                              std::span<const TimelineBar> timeline, const PolicyByHash& policy_of) {
  trader::AuditedSession session;
  session.decisions = record.decisions;
  for (const auto& fill : record.fills) session.trades.push_back(fill.trade);
  session.initial_equity = record.sessions.front().initial_equity;
  session.bars = bars_seen(bars, timeline);
  return trader::audit(session,
                       [&](const store::LiveDecision& decision) { return policy_of(decision.model_sha256); });
}

std::vector<TimelineBar> stretch_of(const SessionRecord& record, const std::vector<TimelineBar>& all) {
  const auto first = std::ranges::lower_bound(all, record.range.first, {}, &TimelineBar::time);
  return {first, all.end()};
}

}  // namespace

std::size_t SessionAudit::unexplained_decisions() const {
  const auto count = [](const std::vector<DecisionDifference>& all) {
    return std::ranges::count_if(all, [](const DecisionDifference& one) { return !one.explained(); });
  };
  return static_cast<std::size_t>(std::max(count(differences), count(recomputed_different)));
}

bool SessionAudit::rest_explained() const { return std::abs(gap.unexplained) <= rounding; }

SessionAudit audit_session(const SessionRecord& record, market::CandleSeries bars,
                           const PolicyByHash& policy_of) {
  market::put_in_order(bars.candles);
  std::erase_if(bars.candles, [](const market::Candle& candle) {
    return market::soundness_of(candle) != market::Soundness::sound;
  });
  const auto all = timeline_of(record, bars);
  SessionAudit audit;
  audit.timeline = stretch_of(record, all);
  const auto& timeline = audit.timeline;
  if (std::ranges::none_of(timeline, [](const TimelineBar& bar) { return bar.candle.has_value(); })) {
    throw Error(Failure::data_blocked,
                fmt::format("dataset {} has none of the bars from {} to {} that session {} decided on",
                            record.dataset_id, base::to_rfc3339(record.range.first),
                            base::to_rfc3339(record.range.last), record.newest().id))
        .fix("ctt datasets fetch " + record.dataset_id);
  }
  const auto start = books_at(record, timeline);
  audit.models = models_in_service(record, timeline);
  const auto first_bar =
      std::ranges::lower_bound(bars.candles, record.range.first, {}, &market::Candle::open_time);
  const std::span history(bars.candles.begin(), first_bar);
  const auto again = [&](Sight sight) {
    return replay_session(record, timeline, history, start, audit.models, policy_of, sight);
  };
  audit.replayed = again(Sight::all);
  const bool saw_all = std::ranges::none_of(timeline, [](const TimelineBar& bar) {
    return bar.fate == BarFate::missed || bar.fate == BarFate::down;
  });
  const auto seen_alone = saw_all ? audit.replayed.account.equity : again(Sight::as_recorded).account.equity;
  audit.fills = compare_fills(record, timeline, start);
  explain_gap(audit, record, start, seen_alone);
  compare_decisions(record, recompute(record, bars, all, policy_of), audit);
  return audit;
}

}  // namespace ctt::audit
