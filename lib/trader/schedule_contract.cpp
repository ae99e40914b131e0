#include "trader/schedule_contract.h"

#include <fmt/format.h>

#include "base/error.h"
#include "store/deployments.h"
#include "store/models.h"

namespace ctt::trader {

using base::Error;
using base::Failure;

policy::Contract contract_of(store::Database& database, const base::Home& home,
                             const store::Schedule& schedule) {
  if (const auto base_model = store::models::of_experiment(database, schedule.base_experiment_id);
      base_model && std::filesystem::exists(home.model(base_model->sha256))) {
    return policy::load(home.model(base_model->sha256), base_model->sha256).contract;
  }
  const auto desired = store::deployments::desired(database, schedule.id);
  if (desired) return policy::load(home.model(desired->sha256), desired->sha256).contract;
  throw Error(Failure::not_found, fmt::format("schedule {} has no model to serve yet", schedule.id))
      .fix(fmt::format("ctt cycle run --now --schedule {}", schedule.id));
}

}  // namespace ctt::trader
