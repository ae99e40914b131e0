#include "audit/audit.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/names.h"
#include "market/series.h"
#include "market/soundness.h"
#include "trader/audit.h"
#include "trader/override.h"

namespace ctt::audit {

using base::Error;
using base::Failure;
using market::Side;

namespace {

constexpr double kCent = 0.01;
constexpr double kSameAccount = 1e-9;  // relative

constexpr auto kCauses = base::names_of<Cause>({{Cause::overridden, "overridden"},
                                                {Cause::swap, "swap"},
                                                {Cause::missing_bar, "missing_bar"},
                                                {Cause::revised_bar, "revised_bar"},
                                                {Cause::earlier_position, "earlier_position"},
                                                {Cause::not_filled, "not_filled"},
                                                {Cause::account, "account"},
                                                {Cause::unexplained, "unexplained"}});

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

// Says of each decision of the stretch how it stands to the replay's.
class DecisionComparison {
 public:
  DecisionComparison(const SessionRecord& record, SessionAudit& audit, const trader::AuditReport& recomputed,
                     std::size_t features_remember)
      : record_(record), audit_(audit), recomputed_(recomputed), features_remember_(features_remember) {
    for (const auto& fill : record.fills) {
      if (fill.decided_on) filled_on_.insert(*fill.decided_on);
    }
  }

  void run() {
    for (std::size_t row = 0; row < audit_.timeline.size(); ++row) {
      const auto& bar = audit_.timeline[row];
      const auto& replayed = audit_.replayed.decisions[row];
      if (bar.decision == nullptr) {
        if (bar.fate != BarFate::held && replayed) note_missed(bar.time);
        continue;
      }
      note_bar(bar, row);
      compare(bar, replayed, row);
      differs_ = differs_ || fill_differs(row);
    }
  }

 private:
  void note_missed(base::Seconds time) {
    audit_.missed.push_back(time);
    differs_ = true;
  }

  void note_bar(const TimelineBar& bar, std::size_t row) {
    if (!bar.candle) audit_.missing.push_back(bar.time);
    if (bar.candle && bar.candle->close != bar.decision->price) revised_at_ = row;
  }

  // A fill that left another account than the replay's.
  bool fill_differs(std::size_t row) {
    bool differs = false;
    for (; next_fill_ < audit_.fills.size() && audit_.fills[next_fill_].bar <= row; ++next_fill_) {
      const auto& fill = audit_.fills[next_fill_];
      differs = differs || std::abs(fill.price / fill.assumed_price - 1) > kSameAccount ||
                std::abs(fill.fee_fraction - fill.assumed_fee_fraction) > kSameAccount;
    }
    return differs;
  }

  std::optional<int> recomputed_of(const store::LiveDecision& decision) const {
    const auto index = static_cast<std::size_t>(&decision - record_.decisions.data());
    return recomputed_.recomputed[index];
  }

  void compare(const TimelineBar& bar, const std::optional<store::LiveDecision>& replayed, std::size_t row) {
    const auto& decision = *bar.decision;
    ++audit_.decisions;
    DecisionDifference one{.bar = bar.time,
                           .model_version = decision.model_version,
                           .replayed_version = replayed ? replayed->model_version : decision.model_version,
                           .action = decision.action,
                           .side = decision.side,
                           .recomputed = recomputed_of(decision)};
    if (replayed) {
      one.replayed_action = replayed->action;
      one.replayed_side = replayed->side;
    }
    note_recomputed(one, decision, row);
    // The last order of the stretch may fill behind its end.
    const bool last = row + 1 == audit_.timeline.size();
    const bool lost = decision.side != Side::none && !last && !filled_on_.contains(bar.time);
    const bool cut = decision.reason == trader::name(trader::Override::max_position);
    const bool same = replayed && replayed->side == decision.side && replayed->action == decision.action;
    if (same && !lost && !cut) {
      ++audit_.as_replayed;
      return;
    }
    one.cause = cause_of(one, decision, row, lost);
    one.word = one.cause == Cause::overridden ? *decision.reason : std::string(name(one.cause));
    audit_.differences.push_back(std::move(one));
    differs_ = true;
  }

  void note_recomputed(DecisionDifference one, const store::LiveDecision& decision, std::size_t row) {
    if (!one.recomputed) return unknown(row);
    if (*one.recomputed == decision.action) {
      ++audit_.recomputed_same;
      return;
    }
    one.cause = bar_cause(row).value_or(Cause::unexplained);
    one.word = name(one.cause);
    audit_.recomputed_different.push_back(std::move(one));
  }

  void unknown(std::size_t row) {
    if (account_unknown(row)) {
      ++audit_.without_account;
    } else {
      ++audit_.without_bar;
    }
  }

  bool account_unknown(std::size_t row) const {
    return audit_.timeline[row].candle && recomputed_.without_account > 0;
  }

  std::optional<Cause> bar_cause(std::size_t row) const {
    if (!audit_.timeline[row].candle) return Cause::missing_bar;
    if (revised_at_ && row - *revised_at_ < features_remember_) return Cause::revised_bar;
    if (!audit_.missing.empty() && recent(audit_.missing.back(), row)) return Cause::missing_bar;
    return std::nullopt;
  }

  bool recent(base::Seconds time, std::size_t row) const {
    const auto width = record_.contract.timeframe.duration();
    return audit_.timeline[row].time - time < width * static_cast<long>(features_remember_);
  }

  Cause cause_of(const DecisionDifference& one, const store::LiveDecision& decision, std::size_t row,
                 bool lost) const {
    const bool scheme = decision.reason == trader::name(trader::Override::scheme);
    if (decision.reason && !scheme) return Cause::overridden;
    if (one.model_version != one.replayed_version) return Cause::swap;
    if (!one.replayed_action) return Cause::missing_bar;
    const bool same = one.action == one.replayed_action && one.side == one.replayed_side;
    if (same && lost) return Cause::not_filled;
    if (one.recomputed ? *one.recomputed != one.action : one.action != one.replayed_action) {
      if (const auto bars = bar_cause(row)) return *bars;
      return one.recomputed         ? Cause::unexplained
             : account_unknown(row) ? Cause::earlier_position
                                    : Cause::missing_bar;
    }
    if (differs_) return Cause::account;
    return bar_cause(row).value_or(Cause::unexplained);
  }

  const SessionRecord& record_;
  SessionAudit& audit_;
  const trader::AuditReport& recomputed_;
  std::size_t features_remember_;
  std::set<base::Seconds> filled_on_;
  std::optional<std::size_t> revised_at_;
  std::size_t next_fill_ = 0;
  bool differs_ = false;  // something before left the accounts apart
};

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
  GapParts before;
  std::int64_t version = timeline.front().decision->model_version;
  for (std::size_t row = 0; row < timeline.size(); ++row) {
    auto found = std::ranges::find(audit.by_model, version, &ModelGap::version);
    if (found == audit.by_model.end()) found = audit.by_model.insert(found, {.version = version});
    const auto now = gap_at(row);
    found->gap += {now.missed_bars - before.missed_bars, now.decisions - before.decisions,
                   now.prices - before.prices, now.fees - before.fees, now.unexplained - before.unexplained};
    before = now;
    if (timeline[row].decision != nullptr) version = timeline[row].decision->model_version;
  }
  audit.gap = before;
  for (const auto& bar : timeline) {
    if (bar.decision == nullptr) continue;
    const auto found = std::ranges::find(audit.by_model, bar.decision->model_version, &ModelGap::version);
    if (found != audit.by_model.end()) ++found->decisions;
  }
  // A broker rounds each order to its increments.
  audit.rounding = record.simulated() ? kCent / 2 : kCent * static_cast<double>(1 + audit.fills.size());
}

std::vector<TimelineBar> stretch_of(const SessionRecord& record, const std::vector<TimelineBar>& all) {
  const auto first = std::ranges::lower_bound(all, record.range.first, {}, &TimelineBar::time);
  return {first, all.end()};
}

}  // namespace

std::string_view name(Cause cause) { return kCauses.name(cause); }

GapParts& GapParts::operator+=(const GapParts& more) {
  missed_bars += more.missed_bars;
  decisions += more.decisions;
  prices += more.prices;
  fees += more.fees;
  unexplained += more.unexplained;
  return *this;
}

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
  const auto recomputed = recompute(record, bars, all, policy_of);
  const auto remember = record.contract.features.warm_up_rows() + record.contract.window_size;
  DecisionComparison(record, audit, recomputed, remember).run();
  return audit;
}

}  // namespace ctt::audit
