#include "cycle/start.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/home.h"
#include "cycle/chosen_costs.h"
#include "cycle/experiment_settings.h"
#include "cycle/plan.h"
#include "store/deployments.h"
#include "store/experiments.h"
#include "store/packs.h"
#include "store/reference.h"

namespace ctt::cycle {

using base::Error;
using base::Failure;

namespace {

void refuse_misfit(store::Transaction& change, const schedule::StartRequest& request,
                   const policy::Contract& trained) {
  const auto pack = training::Pack::parse(store::packs::get(change, request.hp_pack_id).config,
                                          "pack " + request.hp_pack_id);
  const auto dataset = store::datasets::get(change, request.dataset_id);
  const auto features = features::FeatureSet::parse(dataset.features, "dataset " + dataset.id);
  const auto contract = contract_made_by(pack, features, request.config.symbol, request.config.timeframe);
  if (const auto difference = contract.difference(trained)) {
    throw Error(Failure::refused,
                fmt::format("pack {} and dataset {} do not fit base {}: {}", request.hp_pack_id,
                            request.dataset_id, request.base_experiment_id, *difference))
        .fix("ctt experiments show " + request.base_experiment_id);
  }
}

market::Costs costs_of(store::Transaction& change, const schedule::StartRequest& request) {
  const auto pack = training::Pack::parse(store::packs::get(change, request.hp_pack_id).config,
                                          "pack " + request.hp_pack_id);
  const auto dataset = store::datasets::get(change, request.dataset_id);
  return choose_costs(request.config.costs, dataset, pack, request.hp_pack_id).costs;
}

store::Model publish_base(store::Transaction& change, const base::Home& home,
                          const store::Experiment& experiment, base::Instant now) {
  store::Model model;
  model.sha256 = *experiment.checkpoint_sha256;
  model.origin = "base";
  model.experiment_id = experiment.id;
  model.size_bytes = static_cast<std::int64_t>(std::filesystem::file_size(home.model(model.sha256)));
  model.published_at = now;
  const auto version = store::models::publish(change, model);
  return store::models::get(change, fmt::format("v{}", version));
}

}  // namespace

Started start(store::Transaction& change, const base::Home& home, const schedule::StartRequest& request,
              base::Instant now) {
  const auto experiment = store::experiments::get(change, request.base_experiment_id);
  if (!experiment.checkpoint_sha256) {
    throw Error(Failure::not_found,
                fmt::format("cannot start a schedule from \"{}\": it has no checkpoint", experiment.name))
        .why(experiment.message.value_or(fmt::format("its run is {}", store::name(experiment.status))))
        .fix("ctt experiments show " + experiment.id);
  }
  const auto checkpoint =
      policy::load(home.model(*experiment.checkpoint_sha256), *experiment.checkpoint_sha256);
  auto resolved = request;
  resolved.base_experiment_id = experiment.id;
  refuse_misfit(change, resolved, checkpoint.contract);
  resolved.config.costs = costs_of(change, resolved);

  Started started;
  const auto before = store::schedules::find(change, store::slug(request.name));
  started.outcome = schedule::start(change, resolved, now);
  const auto id = store::schedules::get(change, request.name).id;
  if (before && before->base_experiment_id == experiment.id && before->current_model_version) {
    // It was stopped, and goes on with what it had learned and what is served.
    started.base_model = store::models::get(change, fmt::format("v{}", *before->current_model_version));
  } else if (started.outcome == schedule::ControlOutcome::done) {
    started.base_model = publish_base(change, home, experiment, now);
    store::schedules::set_current_model(change, id, started.base_model.version, now);
    store::deployments::request(change,
                                {.schedule_id = id,
                                 .model_version = started.base_model.version,
                                 .cycle_number = {},
                                 .cause = store::DeployCause::manual,
                                 .reason = "schedule start"},
                                now);
  }
  started.schedule = store::schedules::get(change, id);
  started.base_learning_rate =
      BaseSettings::parse(experiment.config, "experiment " + experiment.id).learning_rate;
  started.learning_rate = started.base_learning_rate * request.config.fine_tune_lr_multiplier;
  return started;
}

}  // namespace ctt::cycle
