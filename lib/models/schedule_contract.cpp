#include "models/schedule_contract.h"

#include <algorithm>
#include <exception>

#include <fmt/format.h>

#include "base/log.h"
#include "store/deployments.h"
#include "store/models.h"

namespace ctt::models {

namespace {

using base::Error;
using base::Failure;

// The sha256 of each model that could tell, the most trusted first.
std::vector<std::string> candidates(store::Database& database, const store::Schedule& schedule) {
  std::vector<std::string> all;
  const auto base = store::models::of_experiment(database, schedule.base_experiment_id);
  if (base && !base->pruned_at) all.push_back(base->sha256);
  for (const auto& deployment : {store::deployments::served(database, schedule.id),
                                 store::deployments::desired(database, schedule.id)})
    if (deployment && !std::ranges::count(all, deployment->sha256)) all.push_back(deployment->sha256);
  return all;
}

}  // namespace

bool is_models_fault(const Error& error) {
  switch (error.failure()) {
    case Failure::integrity:
    case Failure::not_found:
    case Failure::refused:
    case Failure::usage:
      return true;
    default:
      return false;
  }
}

policy::Contract contract_of(const store::StateContext& state, const store::Schedule& schedule) {
  std::exception_ptr first;
  for (const auto& sha256 : candidates(state.database, schedule)) {
    try {
      return policy::load(state.home.model(sha256), sha256).contract;
    } catch (const Error& error) {
      if (!is_models_fault(error)) throw;
      base::log()->warn("the contract of schedule {} is taken from another model: {}", schedule.id,
                        error.what());
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
  throw Error(Failure::not_found, fmt::format("schedule {} has no model to serve yet", schedule.id))
      .fix(fmt::format("ctt cycle run --now --schedule {}", schedule.id));
}

}  // namespace ctt::models
