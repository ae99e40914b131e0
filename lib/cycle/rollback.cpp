#include "cycle/rollback.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "models/schedule_contract.h"
#include "policy/policy.h"
#include "schedule/control.h"
#include "store/cycles.h"
#include "store/schedules.h"

namespace ctt::cycle {

using base::Error;
using base::Failure;

namespace {

bool served_before(store::Database& database, const ManualDeploy& wanted) {
  const auto all = store::deployments::list(database, wanted.schedule_id);
  return std::ranges::any_of(all, [&](const store::Deployment& deployment) {
    return deployment.model_version == wanted.model.version && deployment.confirmed_at;
  });
}

void refuse_rejected(store::Database& database, const ManualDeploy& wanted) {
  if (wanted.force_gate || !wanted.model.cycle_id || served_before(database, wanted)) return;
  const auto cycle = store::cycles::get(database, *wanted.model.cycle_id);
  if (cycle.decision != store::Decision::rejected) return;
  throw Error(Failure::refused, fmt::format("v{} did not pass its gate in cycle {} of {}",
                                            wanted.model.version, cycle.number, cycle.schedule_id))
      .why(cycle.decision_reason.value_or("no reason was kept"))
      .fix(fmt::format("ctt models deploy v{} --schedule {} --force-gate", wanted.model.version,
                       wanted.schedule_id));
}

}  // namespace

void check_deployable(const store::StateContext& state, const ManualDeploy& wanted) {
  const auto& model = wanted.model;
  if (model.pruned_at) {
    throw Error(Failure::refused, fmt::format("the file of v{} was pruned at {}", model.version,
                                              base::to_rfc3339(*model.pruned_at)))
        .fix(fmt::format("ctt models list --schedule {}", wanted.schedule_id));
  }
  refuse_rejected(state.database, wanted);
  const auto contract = models::contract_of(state, store::schedules::get(state.database, wanted.schedule_id));
  policy::Policy::load(state.home.model(model.sha256), model.sha256, &contract);
}

ManualDeployed request_deployment(store::Transaction& change, const ManualDeploy& wanted, base::Instant now) {
  ManualDeployed done;
  const auto before = store::deployments::desired(change, wanted.schedule_id);
  const bool of_this_schedule = wanted.model.schedule_id == wanted.schedule_id;
  done.deployment = store::deployments::request(
      change,
      {.schedule_id = wanted.schedule_id,
       .model_version = wanted.model.version,
       .cycle_number = of_this_schedule ? wanted.model.cycle_number : std::nullopt,
       .cause = wanted.cause,
       .reason = wanted.reason},
      now);
  done.already_desired = before && before->id == done.deployment.id;
  // Who goes back to a model, or on to another, means the cycles too.
  done.trained_from = store::schedules::get(change, wanted.schedule_id).current_model_version;
  if (done.trained_from != wanted.model.version)
    store::schedules::set_current_model(change, wanted.schedule_id, wanted.model.version, now);
  if (wanted.freeze) {
    const auto reason = wanted.reason.value_or(fmt::format("rolled back to v{}", wanted.model.version));
    done.froze = schedule::freeze(change, wanted.schedule_id, reason, now) == schedule::ControlOutcome::done;
  }
  return done;
}

}  // namespace ctt::cycle
