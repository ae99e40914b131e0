#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "market/series.h"
#include "policy/policy.h"
#include "store/live_decisions.h"
#include "store/live_trades.h"

namespace ctt::trader {

/// What the trader wrote down of one session, and the bars as they are known now.
struct AuditedSession {
  std::vector<store::LiveDecision> decisions;  ///< oldest first
  std::vector<store::LiveTrade> trades;        ///< oldest first
  double initial_equity = 0;
  /// From the warm-up before the first decision to the last one. A hole is filled as in training.
  market::CandleSeries bars;
};

struct AuditReport {
  struct Difference {
    base::Seconds bar{};  ///< opening time
    std::int64_t model_version = 0;
    int decided = 0, recomputed = 0;  ///< actions
  };

  std::size_t decisions = 0;
  std::size_t same = 0;
  std::size_t without_bar = 0;  ///< the bars hold none of that time, or too few before it
  /// The policy looks at the account, and a position that the session found at its start is not in its trades.
  std::size_t without_account = 0;
  std::vector<Difference> different;
  /// The action of each decision, made again; nothing where it cannot be.
  std::vector<std::optional<int>> recomputed;
};

/// Gives the policy of a model; throws what Policy::load throws.
using PolicyOf = std::function<std::shared_ptr<const policy::Policy>(const store::LiveDecision&)>;

/// Makes each decision of a session again, from the bars, the fills and the model it names, and
/// compares the policy's action; what schemes and limits made of the action is not looked at.
///
/// A difference means that the trader saw other bars than are known now (a revised one, a feed that
/// dropped one), another account, or another policy than it said.
AuditReport audit(const AuditedSession& session, const PolicyOf& policy_of);

}  // namespace ctt::trader
