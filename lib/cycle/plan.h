#pragma once

#include <memory>

#include "cycle/cycle.h"
#include "cycle/fine_tuning.h"
#include "store/experiments.h"
#include "store/models.h"
#include "store/schedules.h"

namespace ctt::cycle {

/// Everything a cycle of a schedule works with, read at its beginning and fixed from then on.
struct Plan : FineTuning {
  store::Schedule schedule;
  store::Dataset dataset;
  store::Model parent_model;
  std::shared_ptr<const policy::Policy> parent;
  std::shared_ptr<const policy::Policy> served;  ///< what should be serving now; may be the parent
};

/// Throws Error(not_found, integrity) when something the schedule names is gone or damaged,
/// Error(refused) when pack and dataset no longer make the policy that the parent is.
/// The parent is the model that the schedule trains from now, unless a version is given: a cycle that was
/// interrupted keeps the one it was trained from, whatever was rolled back or reverted since.
Plan make_plan(const CycleContext& context, const std::string& schedule_id,
               std::optional<std::int64_t> parent_version = std::nullopt);

/// The contract of the policies that this pack makes of this dataset.
policy::Contract contract_made_by(const training::Pack& pack, const features::FeatureSet& features,
                                  const std::string& symbol, const market::Timeframe& timeframe);

/// The numbers of a completed cycle under the keys of the web contract.
std::string metrics_json(const FineTuning& tuning, const evaluation::Evaluation& evaluation,
                         const evaluation::GateVerdict& verdict, const market::Window& window,
                         const store::Experiment& experiment);

}  // namespace ctt::cycle
