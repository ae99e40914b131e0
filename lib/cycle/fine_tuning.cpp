#include "cycle/fine_tuning.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"
#include "base/sha256.h"
#include "cycle/plan.h"
#include "store/datasets.h"
#include "store/packs.h"

namespace ctt::cycle {

void refuse_misfit(const FineTuning& tuning, const policy::Contract& trained) {
  const auto made =
      contract_made_by(tuning.pack, tuning.features, tuning.config.symbol, tuning.config.timeframe);
  const auto difference = made.difference(trained);
  if (!difference) return;
  const auto& origin = tuning.origin;
  throw base::Error(base::Failure::refused,
                    fmt::format("pack {} and dataset {} do not fit base {}: {}", origin.hp_pack_id,
                                origin.dataset_id, origin.base_experiment_id, *difference))
      .fix("ctt experiments show " + origin.base_experiment_id);
}

// A checkpoint names its experiment. An id that follows from what is trained lets a replay make the bytes of the
// cycle that it replays.
std::string experiment_id_of(const TrainingRequest& request) {
  const auto content = request.schedule_id + '\n' + request.sha256() + '\n' + request.snapshot_sha256;
  return "exp-" + base::sha256(content).substr(0, 12);
}

std::uint64_t FineTuning::seed_of(std::int64_t cycle_number) const {
  return base::derived_seed(base_seed, static_cast<std::uint64_t>(cycle_number));
}

WindowSpan FineTuning::span(base::Seconds newest) const {
  return {.newest = newest,
          .rows = static_cast<std::size_t>(config.window_candles) + features.warm_up_rows(),
          .over_holes = config.data_policy.about(market::Defect::hole) == market::DefectPolicy::mark};
}

market::WindowRequest FineTuning::window_request(base::Seconds last) const {
  return {.last = last,
          .bars = static_cast<std::size_t>(config.window_candles),
          .warm_up = features.warm_up_rows()};
}

FineTuning fine_tuning_of(store::Database& database, const FineTuningOrigin& origin,
                          const schedule::Config& config, const training::Compute& compute) {
  FineTuning tuning{.origin = origin, .config = config, .pack = {}, .features = {}, .compute = compute};
  const auto dataset = store::datasets::get(database, origin.dataset_id);
  tuning.pack = training::Pack::parse(store::packs::get(database, origin.hp_pack_id).config,
                                      "pack " + origin.hp_pack_id);
  tuning.pack = tuning.pack.for_cycles();
  if (config.costs) tuning.pack.environment.costs = *config.costs;
  tuning.features = features::FeatureSet::parse(dataset.features, "dataset " + dataset.id);
  const auto experiment = store::experiments::get(database, origin.base_experiment_id);
  const auto base = BaseSettings::parse(experiment.config, "experiment " + experiment.id);
  tuning.base_learning_rate = base.learning_rate;
  tuning.base_seed = base.seed;
  return tuning;
}

TrainingRequest fine_tuning_request(const FineTuning& tuning, const TrainingParent& parent,
                                    std::int64_t number, const market::Window& window,
                                    const std::string& snapshot_sha256) {
  const auto& schedule = tuning.origin.schedule_id;
  TrainingRequest request;
  request.name = fmt::format("{}-{}", schedule, number);
  request.script = "ctt cycle run";
  request.tags = {"continuous", fmt::format("cycle:{}", number), fmt::format("schedule:{}", schedule)};
  request.schedule_id = schedule;
  request.hp_pack_id = tuning.origin.hp_pack_id;
  request.dataset_id = tuning.origin.dataset_id;
  request.parent_experiment_id = parent.experiment_id;
  request.parent_sha256 = parent.sha256;
  request.parent_costs = parent.costs;
  request.cycle_number = number;
  request.pack = tuning.pack;
  request.features = tuning.features;
  request.symbol = window.series.symbol;
  request.timeframe = window.series.timeframe;
  request.window = window;
  request.snapshot_sha256 = snapshot_sha256;
  request.held_back = tuning.held_back();
  request.seed = tuning.seed_of(number);
  request.iterations = static_cast<std::size_t>(tuning.config.iterations_per_cycle);
  request.learning_rate = tuning.learning_rate();
  request.compute = tuning.compute;
  request.experiment_id = experiment_id_of(request);
  return request;
}

}  // namespace ctt::cycle
