#include "audit/decision_comparison.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/names.h"
#include "trader/override.h"

namespace ctt::audit {

using market::Side;

namespace {

constexpr double kSameAccount = 1e-9;  // relative

constexpr auto kCauses = base::names_of<Cause>({{Cause::overridden, "overridden"},
                                                {Cause::swap, "swap"},
                                                {Cause::missing_bar, "missing_bar"},
                                                {Cause::revised_bar, "revised_bar"},
                                                {Cause::earlier_position, "earlier_position"},
                                                {Cause::not_filled, "not_filled"},
                                                {Cause::account, "account"},
                                                {Cause::unexplained, "unexplained"}});

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

}  // namespace

std::string_view name(Cause cause) { return kCauses.name(cause); }

void compare_decisions(const SessionRecord& record, const trader::AuditReport& recomputed,
                       SessionAudit& audit) {
  const auto& contract = record.contract;
  DecisionComparison(record, audit, recomputed, contract.features.warm_up_rows() + contract.window_size)
      .run();
}

}  // namespace ctt::audit
