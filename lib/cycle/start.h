#pragma once

#include "base/home.h"
#include "schedule/control.h"
#include "store/models.h"

namespace ctt::cycle {

/// What starting a schedule comes to; the same for a preview.
struct Started {
  schedule::ControlOutcome outcome = schedule::ControlOutcome::done;
  store::Schedule schedule;
  store::Model base_model;
  double learning_rate = 0;  ///< of its cycles: multiplier x the base experiment's
  double base_learning_rate = 0;
};

/// Makes a schedule active: checks that pack and dataset make the policy that the base experiment
/// trained, publishes its checkpoint as a model when it is none yet, and makes that model the one to
/// train from and to serve. Costs that the request does not name are the dataset's, else the pack's
/// (`choose_costs`). All in the transaction given: leave it uncommitted for a preview.
/// Throws Error(refused) when pack and dataset do not fit the base, besides what schedule::start throws.
Started start(store::Transaction& change, const base::Home& home, const schedule::StartRequest& request,
              base::Instant now);

}  // namespace ctt::cycle
