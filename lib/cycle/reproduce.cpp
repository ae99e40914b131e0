#include "cycle/reproduce.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"
#include "base/sha256.h"
#include "market/snapshot.h"
#include "store/models.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

namespace {

market::Window window_of(const store::Experiment& experiment, const base::Home& home) {
  const auto& sha256 = experiment.snapshot_sha256;
  if (!sha256 || !fs::exists(home.snapshot(*sha256))) {
    throw Error(Failure::not_found,
                fmt::format("the candles of experiment {} are not stored any more", experiment.id))
        .fix("ctt experiments show " + experiment.id);
  }
  const auto bytes = base::read_file(home.snapshot(*sha256));
  if (base::sha256(bytes) != *sha256)
    throw Error(Failure::integrity, fmt::format("snapshot {} is damaged: its hash differs", *sha256));
  return market::decode_snapshot(bytes);
}

store::Experiment trained(store::Database& database, const store::Cycle& cycle) {
  const auto experiment =
      cycle.experiment_id ? store::experiments::find(database, *cycle.experiment_id) : std::nullopt;
  if (!experiment || experiment->status != store::ExperimentStatus::completed ||
      !experiment->checkpoint_sha256) {
    throw Error(Failure::refused, fmt::format("cycle {} of {} has no completed training to reproduce",
                                              cycle.number, cycle.schedule_id))
        .fix(fmt::format("ctt cycle show {} --schedule {}", cycle.number, cycle.schedule_id));
  }
  return *experiment;
}

void require_parent(const store::StateContext& state, const std::string& sha256) {
  if (sha256.empty() || fs::exists(state.home.model(sha256))) return;
  const auto parent = store::models::find_sha256(state.database, sha256);
  throw Error(Failure::not_found,
              fmt::format("the parent's file {} is gone{}", sha256.substr(0, 8),
                          parent && parent->pruned_at ? fmt::format(": v{} was pruned at {}", parent->version,
                                                                    base::to_rfc3339(*parent->pruned_at))
                                                      : ""))
      .fix("ctt models import --help");
}

std::string made_by(const base::Home& home, const std::string& sha256) {
  return fs::exists(home.model(sha256)) ? policy::load(home.model(sha256), sha256).lineage.ctt_version : "";
}

}  // namespace

TrainingRequest request_of(const store::Experiment& experiment, const base::Home& home) {
  const auto where = "experiment " + experiment.id;
  TrainingRequest request;
  static_cast<ExperimentSettings&>(request) = ExperimentSettings::parse(experiment.config, where);
  request.parent_experiment_id = experiment.parent_experiment_id;
  request.name = experiment.name;
  request.experiment_id = experiment.id;
  request.script = experiment.script;
  request.tags = experiment.tags;
  request.window = window_of(experiment, home);
  request.snapshot_sha256 = *experiment.snapshot_sha256;
  return request;
}

TrainingRequest resume_of(const store::StateContext& state, const store::Experiment& ended,
                          std::optional<std::size_t> iterations) {
  if (ended.status == store::ExperimentStatus::running) {
    throw Error(Failure::refused, fmt::format("experiment {} is running", ended.name))
        .fix("ctt experiments cancel " + ended.id);
  }
  if (!ended.checkpoint_sha256) {
    throw Error(Failure::not_found, fmt::format("experiment {} left no checkpoint to go on from", ended.name))
        .why(ended.message.value_or(fmt::format("its run is {}", store::name(ended.status))))
        .fix("ctt experiments show " + ended.id);
  }
  const auto last = store::experiments::last_iteration(state.database, ended.id);
  const auto done = static_cast<std::uint64_t>(last ? last->iteration : 0);
  auto request = request_of(ended, state.home);
  request.experiment_id.clear();
  if (!iterations && done >= request.iterations) {
    throw Error(Failure::usage,
                fmt::format("experiment {} has done all of its {} iterations", ended.name, done))
        .fix(fmt::format("ctt train --resume {} --iterations {}", ended.id, request.iterations));
  }
  request.iterations = iterations ? *iterations : request.iterations - done;
  request.seed = base::derived_seed(request.seed, done);
  request.parent_sha256 = *ended.checkpoint_sha256;
  request.parent_costs = request.pack.environment.costs;
  request.pack.restore = training::Restore::exact;  // the same run goes on: nothing of it is given up
  request.parent_experiment_id = ended.id;
  request.cycle_number = {};
  request.tags = {};
  return request;
}

Reproduction reproduce(const store::StateContext& context, const TrainingLock& lock,
                       const store::Cycle& cycle, const fs::path& folder, const LaunchOptions& options) {
  const auto experiment = trained(context.database, cycle);
  const auto request = request_of(experiment, context.home);
  require_parent(context, request.parent_sha256);
  if (fs::exists(folder))
    throw Error(Failure::usage, fmt::format("{} exists; name a new directory", folder.string()));
  write_job(folder, context.home, request);
  const auto ended = launch(folder, lock.file(), options);
  if (ended.outcome != LaunchResult::Outcome::completed) {
    throw Error(Failure::internal,
                fmt::format("cycle {} could not be trained again: {}", cycle.number, ended.message));
  }
  return {.experiment_id = experiment.id,
          .wanted_sha256 = *experiment.checkpoint_sha256,
          .made_sha256 = base::sha256(base::read_file(folder / training::JobFiles::checkpoint)),
          .made_by = made_by(context.home, *experiment.checkpoint_sha256)};
}

}  // namespace ctt::cycle
