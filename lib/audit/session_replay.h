#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "audit/timeline.h"
#include "environment/account.h"
#include "policy/policy.h"
#include "replay/simulated_trader.h"

namespace ctt::audit {

/// From which bar on a model decides.
struct InService {
  base::Seconds from{};  ///< opening time
  std::int64_t version = 0;
  std::string sha256{};
};

/// The swaps of a record, by bar: the model that decided serves, unless the trader had confirmed another one before the
/// bar closed. So a trader that went on deciding with the model before differs from its replay.
std::vector<InService> models_in_service(const SessionRecord& record, std::span<const TimelineBar> timeline);

/// Gives the policy of a model; throws what policy::Policy::load throws.
using PolicyByHash = std::function<std::shared_ptr<const policy::Policy>(const std::string& sha256)>;

/// Which bars of the timeline the trader of a replay sees.
enum class Sight {
  all,         ///< each
  as_recorded  ///< those that the recorded trader had
};

struct ReplayedSession {
  replay::AccountHistory account{};  ///< [timeline]
  std::vector<replay::ReplayFill> fills{};
  std::vector<std::optional<store::LiveDecision>> decisions{};  ///< [timeline]; nothing where none was made
  std::size_t swaps = 0;
};

/// A stretch of the timeline again: the decision loop on a simulated broker, with the models in service at their
/// bars, at the costs that the schedule assumes, without limits of risk. The action scheme begins anew.
///
/// - `history`: bars before the first one, which warm the features up.
ReplayedSession replay_session(const SessionRecord& record, std::span<const TimelineBar> timeline,
                               std::span<const market::Candle> history,
                               const environment::Account::Books& start, std::span<const InService> models,
                               const PolicyByHash& policy_of, Sight sight);

}  // namespace ctt::audit
