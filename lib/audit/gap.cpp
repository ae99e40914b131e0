#include "audit/gap.h"

#include <algorithm>

namespace ctt::audit {

namespace {

constexpr double kCent = 0.01;

// The equity as it was recorded; between decisions what follows from the fills, and the rest as it was last.
std::vector<double> recorded_equity(std::span<const TimelineBar> timeline,
                                    const std::vector<double>& from_fills) {
  std::vector<double> equity;
  double rest = 0;
  for (std::size_t row = 0; row < timeline.size(); ++row) {
    // A bar that was revised since has another close: the recorded account is valued at today's.
    const auto* decision = timeline[row].decision;
    if (decision != nullptr)
      rest =
          decision->equity + decision->position * (timeline[row].close - decision->price) - from_fills[row];
    equity.push_back(from_fills[row] + rest);
  }
  return equity;
}

ModelGap& of_model(SessionAudit& audit, std::int64_t version) {
  auto& models = audit.by_model;
  const auto found = std::ranges::find(models, version, &ModelGap::version);
  return found != models.end() ? *found : models.emplace_back(ModelGap{.version = version});
}

GapParts less(const GapParts& all, const GapParts& part) {
  return {.missed_bars = all.missed_bars - part.missed_bars,
          .decisions = all.decisions - part.decisions,
          .prices = all.prices - part.prices,
          .fees = all.fees - part.fees,
          .unexplained = all.unexplained - part.unexplained};
}

}  // namespace

GapParts& GapParts::operator+=(const GapParts& more) {
  missed_bars += more.missed_bars;
  decisions += more.decisions;
  prices += more.prices;
  fees += more.fees;
  unexplained += more.unexplained;
  return *this;
}

void explain_gap(SessionAudit& audit, const SessionRecord& record, const environment::Account::Books& start,
                 const std::vector<double>& seen_alone) {
  const auto& timeline = audit.timeline;
  const auto decided = walk(timeline, start, audit.fills, {});
  const auto priced = walk(timeline, start, audit.fills, {.real_price = true});
  audit.recorded = walk(timeline, start, audit.fills, {.real_price = true, .real_fee = true});
  const auto from_fills = audit.recorded.equity;
  audit.recorded.equity = recorded_equity(timeline, from_fills);
  const auto& replayed = audit.replayed.account.equity;
  const auto gap_at = [&](std::size_t row) {
    return GapParts{.missed_bars = seen_alone[row] - replayed[row],
                    .decisions = decided.equity[row] - seen_alone[row],
                    .prices = priced.equity[row] - decided.equity[row],
                    .fees = from_fills[row] - priced.equity[row],
                    .unexplained = audit.recorded.equity[row] - from_fills[row]};
  };
  // What came up in a bar is of the model that had decided when it opened.
  std::int64_t version = timeline.front().decision->model_version;
  for (std::size_t row = 0; row < timeline.size(); ++row) {
    const auto now = gap_at(row);
    of_model(audit, version).gap += less(now, audit.gap);
    audit.gap = now;
    if (timeline[row].decision == nullptr) continue;
    version = timeline[row].decision->model_version;
    ++of_model(audit, version).decisions;
  }
  // A broker rounds each order to its increments.
  audit.rounding = record.simulated() ? kCent / 2 : kCent * static_cast<double>(1 + audit.fills.size());
}

}  // namespace ctt::audit
