#include "trader/audit.h"

#include <algorithm>
#include <map>
#include <optional>

#include "environment/account.h"
#include "trader/observer.h"

namespace ctt::trader {

namespace {

environment::Trade carried_out(const store::LiveTrade& fill) {
  const bool bought = fill.side == store::Side::buy;
  const double value = fill.price * fill.size;
  return {.side = bought ? environment::Side::buy : environment::Side::sell,
          .price = fill.price,
          .quantity = fill.size,
          .cash = bought ? value + fill.commission : value - fill.commission,
          .commission = fill.commission};
}

/// The account as the session's fills made it, bar by bar.
class RetracedAccount {
 public:
  RetracedAccount(const AuditedSession& session, const environment::Costs& costs)
      : account_(session.initial_equity, costs), fills_(session.trades) {}

  /// What was filled before the bar closed; a fill at the close belongs to the next bar.
  void bar_closed(base::Seconds close_time) {
    for (; next_ < fills_.size() && fills_[next_].timestamp < close_time; ++next_)
      account_.apply(carried_out(fills_[next_]));
    account_.next_bar();
  }

  const environment::Account& account() const { return account_; }

 private:
  environment::Account account_;
  std::span<const store::LiveTrade> fills_;
  std::size_t next_ = 0;
};

// A session that found a position sold more than it bought, or held some before it bought any.
bool began_flat(const AuditedSession& session) {
  double held = 0;
  for (const auto& fill : session.trades) {
    held += fill.side == store::Side::buy ? fill.size : -fill.size;
    if (held < -1e-9 * fill.size) return false;
  }
  const auto& first = session.decisions.front();
  return first.position == 0 || (!session.trades.empty() && session.trades.front().step <= first.step);
}

class Auditor {
 public:
  Auditor(const AuditedSession& session, const PolicyOf& policy_of, const policy::Contract& contract)
      : policy_of_(policy_of),
        width_(contract.timeframe.duration()),
        account_known_(!contract.account_columns || began_flat(session)),
        first_(session.decisions.front().bar_open_time),
        observer_(contract),
        account_(session, contract.costs) {}

  void push(const market::Candle& candle) {
    observer_.push(candle);
    if (candle.open_time >= first_) account_.bar_closed(candle.open_time + width_);
  }

  void check(const store::LiveDecision& decision, AuditReport& report) {
    report.recomputed.emplace_back();
    if (!observer_.ready()) {
      ++report.without_bar;
      return;
    }
    if (!account_known_) {
      ++report.without_account;
      return;
    }
    const int action = decide_again(decision);
    report.recomputed.back() = action;
    if (action == decision.action) {
      ++report.same;
    } else {
      report.different.push_back({decision.bar_open_time, decision.model_version, decision.action, action});
    }
  }

 private:
  int decide_again(const store::LiveDecision& decision) {
    auto& policy = policies_[decision.model_version];
    if (!policy) policy = policy_of_(decision);
    const auto output = policy->decide(observer_.observe(account_.account()), scratch_);
    return output.finite ? output.action : 0;
  }

  const PolicyOf& policy_of_;
  std::chrono::seconds width_;
  bool account_known_;
  base::Seconds first_;
  Observer observer_;
  RetracedAccount account_;
  std::map<std::int64_t, std::shared_ptr<const policy::Policy>> policies_;
  policy::Policy::Scratch scratch_;
};

}  // namespace

AuditReport audit(const AuditedSession& session, const PolicyOf& policy_of) {
  AuditReport report;
  report.decisions = session.decisions.size();
  if (session.decisions.empty()) return report;
  // All models of a schedule have one contract.
  Auditor auditor(session, policy_of, policy_of(session.decisions.front())->contract());
  auto decision = session.decisions.begin();
  const auto without_bar = [&] {
    ++report.without_bar;
    report.recomputed.emplace_back();
    ++decision;
  };
  for (const auto& candle : session.bars.candles) {
    while (decision != session.decisions.end() && decision->bar_open_time < candle.open_time) without_bar();
    auditor.push(candle);
    if (decision != session.decisions.end() && decision->bar_open_time == candle.open_time)
      auditor.check(*decision++, report);
  }
  while (decision != session.decisions.end()) without_bar();
  return report;
}

}  // namespace ctt::trader
