#include "audit/session_replay.h"

#include <algorithm>
#include <map>

#include "environment/settings.h"

namespace ctt::audit {

namespace {

base::Instant start_of(const SessionRecord& record, const std::string& session_id) {
  return std::ranges::find(record.sessions, session_id, &store::LiveSession::id)->started_at;
}

// The deployment that a trader had confirmed when a bar closed, unless that is the model which decided, or what
// decided had been asked for since: a confirmation may come after the swap.
const store::Deployment* confirmed_instead(const SessionRecord& record, const store::LiveDecision& decision) {
  const auto closed = decision.bar_open_time + record.contract.timeframe.duration();
  const auto started = start_of(record, decision.session_id);
  for (auto one = record.deployments.rbegin(); one != record.deployments.rend(); ++one) {
    const bool decided = one->model_version == decision.model_version;
    if (decided && one->requested_at <= decision.decided_at) return nullptr;
    if (decided || !one->confirmed_at || *one->confirmed_at > closed || *one->confirmed_at < started)
      continue;
    if (one->refused_at && *one->refused_at <= closed) continue;
    return &*one;
  }
  return nullptr;
}

class Replayer {
 public:
  Replayer(const SessionRecord& record, const environment::Account::Books& start,
           std::span<const InService> models, const PolicyByHash& policy_of, Sight sight)
      : policy_of_(policy_of),
        models_(models),
        sight_(sight),
        trader_({.contract = record.contract,
                 .schedule_id = record.schedule_id,
                 .costs = record.costs,
                 .fill = environment::parse_fill(record.contract.fill)},
                served(models.front()), start, result_.account, result_.fills) {}

  void warm_up(std::span<const market::Candle> history) {
    const auto rows = std::min(history.size(), trader_.history_rows());
    trader_.warm_up(history.last(rows));
  }

  void take(const TimelineBar& bar) {
    swap(bar.time);
    const auto rows = result_.account.times.size();
    result_.decisions.emplace_back();
    if (bar.candle) result_.decisions.back() = let_see(bar);
    if (result_.account.times.size() == rows) mark(bar);
  }

  ReplayedSession& result() { return result_; }

 private:
  std::shared_ptr<const trader::ServedPolicy> served(const InService& model) {
    auto& policy = policies_[model.sha256];
    if (!policy) policy = policy_of_(model.sha256);
    return std::make_shared<trader::ServedPolicy>(policy, model.version);
  }

  void swap(base::Seconds time) {
    for (; next_ < models_.size() && models_[next_].from <= time; ++next_) {
      if (trader_.serve(served(models_[next_]))) ++result_.swaps;
    }
  }

  std::optional<store::LiveDecision> let_see(const TimelineBar& bar) {
    const bool seen = sight_ == Sight::all || bar.fate == BarFate::decided || bar.fate == BarFate::held;
    if (seen) return trader_.take(*bar.candle, false);
    trader_.pass_unseen(*bar.candle);
    if (bar.fate == BarFate::down) trader_.warm_up(std::span(&*bar.candle, 1));
    return std::nullopt;
  }

  // A bar on which the trader did nothing still ends with a price.
  void mark(const TimelineBar& bar) {
    const auto& account = trader_.account();
    auto& history = result_.account;
    history.times.push_back(bar.time);
    history.equity.push_back(account.net_worth(bar.close));
    history.position_value.push_back(account.quantity() * bar.close);
    history.traded.push_back(0);
    history.costs.push_back(0);
  }

  const PolicyByHash& policy_of_;
  std::span<const InService> models_;
  Sight sight_;
  std::map<std::string, std::shared_ptr<const policy::Policy>> policies_;
  ReplayedSession result_;
  replay::SimulatedTrader trader_;
  std::size_t next_ = 1;
};

}  // namespace

std::vector<InService> models_in_service(const SessionRecord& record, std::span<const TimelineBar> timeline) {
  std::vector<InService> models;
  for (const auto& bar : timeline) {
    if (bar.decision == nullptr) continue;
    InService model{bar.time, bar.decision->model_version, bar.decision->model_sha256};
    if (const auto* instead = confirmed_instead(record, *bar.decision)) {
      model.version = instead->model_version;
      model.sha256 = instead->sha256;
    }
    if (models.empty() || models.back().version != model.version) models.push_back(std::move(model));
  }
  return models;
}

ReplayedSession replay_session(const SessionRecord& record, std::span<const TimelineBar> timeline,
                               std::span<const market::Candle> history,
                               const environment::Account::Books& start, std::span<const InService> models,
                               const PolicyByHash& policy_of, Sight sight) {
  Replayer replayer(record, start, models, policy_of, sight);
  replayer.warm_up(history);
  for (const auto& bar : timeline) replayer.take(bar);
  return std::move(replayer.result());
}

}  // namespace ctt::audit
