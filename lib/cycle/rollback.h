#pragma once

#include <optional>
#include <string>

#include "store/deployments.h"
#include "store/models.h"
#include "store/state_context.h"

namespace ctt::cycle {

/// A deployment that somebody asks for by hand: another model than the schedule's cycles chose.
struct ManualDeploy {
  std::string schedule_id;
  store::Model model;
  store::DeployCause cause = store::DeployCause::manual;
  std::optional<std::string> reason;
  bool force_gate = false;  ///< also a model that its gate rejected
  bool freeze = false;      ///< cycles go on training and deploy nothing, so that none undoes it
};

/// What asking came to.
struct ManualDeployed {
  store::Deployment deployment;
  bool already_desired = false;
  bool froze = false;                        ///< the schedule was not frozen before
  std::optional<std::int64_t> trained_from;  ///< what the next cycle would have trained from otherwise
};

/// Reads the model's file and checks all that its trader will check: hash, form, values, probes, and
/// the contract of the schedule's base policy. Slow enough to stay outside of a transaction.
///
/// Throws Error(refused) for a pruned file, a foreign contract, or a model that its gate rejected and
/// that never served here; Error(integrity, not_found) for a damaged or missing file.
void check_deployable(const store::StateContext& state, const ManualDeploy& wanted);

/// Makes the model the desired one, and the one that the next cycle trains from; when asked to, freezes the schedule: all in the transaction
/// given. The trader hears of it by `nudge`, or finds it by itself.
ManualDeployed request_deployment(store::Transaction& change, const ManualDeploy& wanted, base::Instant now);

}  // namespace ctt::cycle
