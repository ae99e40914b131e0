#include "replay/seed_bases.h"

#include "base/random.h"
#include "cycle/reproduce.h"

namespace ctt::replay {

std::vector<SeedBase> seed_bases(const store::StateContext& context, const ReplaySettings& settings,
                                 const TrainingCache& cache) {
  const auto& origin = settings.tuning.origin;
  const auto contract = policy::load(cache.home().model(settings.base_sha256), settings.base_sha256).contract;
  std::vector<SeedBase> bases;
  for (int seed = 1; seed <= settings.seeds; ++seed) {
    SeedBase base{.request = {},
                  .parent = {settings.base_sha256, origin.base_experiment_id, contract.costs},
                  .base_seed = settings.tuning.base_seed};
    if (seed > 1)
      base.base_seed = base::derived_seed(base.base_seed, static_cast<std::uint64_t>(seed) << 32U);
    if (seed > 1 && settings.base_seeds) {
      auto request = cycle::request_of(store::experiments::get(context.database, origin.base_experiment_id),
                                       context.home);
      request.seed = base.base_seed;
      request.compute = settings.tuning.compute;
      request.snapshot_sha256 = cache.keep(request.window);
      request.experiment_id = cycle::experiment_id_of(request);
      base.parent.experiment_id = request.experiment_id;
      base.parent.costs = request.pack.environment.costs;
      base.request = std::move(request);
    }
    bases.push_back(std::move(base));
  }
  return bases;
}

}  // namespace ctt::replay
