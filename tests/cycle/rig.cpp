#include "rig.h"

#include "market/series.h"
#include "market/sources.h"
#include "store/events.h"
#include "store/experiments.h"

namespace ctt::cycle {

namespace {

constexpr auto kPack =
    R"({"model":{"fcnet_hiddens":[8]},"window_size":4,"train_batch_size":64,"sgd_minibatch_size":32,"num_iterations":2,"lr":0.001})";
constexpr auto kFeatures = R"([{"type":"returns","periods":[1,4]},{"type":"rsi","period":6}])";

std::unique_ptr<market::CandleSource> open_source(const store::Dataset& dataset) {
  const auto key = dataset.series();
  return market::open_source("synthetic", R"({"seed":3,"start":"2024-01-01T00:00:00Z"})", key.symbol,
                             key.timeframe);
}

}  // namespace

Rig::Rig() {
  home.create();
  database = std::make_unique<store::Database>(home.database());
  store::Transaction change(*database);
  store::packs::insert(change, {.id = "p",
                                .name = "p",
                                .description = "",
                                .config = kPack,
                                .created_at = clock.now(),
                                .updated_at = clock.now()});
  store::Dataset dataset;
  dataset.id = "d";
  dataset.name = "d";
  dataset.source_type = "synthetic";
  dataset.source_config = R"({"symbol":"BTC/USD","timeframe":"1h","seed":3})";
  dataset.features = kFeatures;
  dataset.created_at = dataset.updated_at = clock.now();
  store::datasets::insert(change, dataset);
  change.commit();
}

CycleContext Rig::context() {
  LaunchOptions launch;
  launch.command = {CTT_FAKE_LEARNER};
  launch.deadline = std::chrono::seconds(60);
  launch.grace = std::chrono::milliseconds(100);
  CycleContext context{{*database, home, clock}, observer};
  context.open_source = open_source;
  context.launch = launch;
  context.deploy_wait = std::chrono::milliseconds(500);
  return context;
}

schedule::Config Rig::config() {
  schedule::Config config;
  config.interval = std::chrono::hours(6);
  config.window_candles = 100;
  config.holdout_candles = 20;
  config.iterations_per_cycle = 2;
  config.fine_tune_lr_multiplier = 0.5;
  config.gate = schedule::Gate::none;
  return config;
}

void Rig::begin(schedule::Config config) {
  const auto with = context();
  TrainingRequest request;
  request.name = "base";
  request.script = "ctt train";
  request.hp_pack_id = "p";
  request.dataset_id = "d";
  request.pack = training::Pack::parse(kPack, "pack p");
  request.features = features::FeatureSet::parse(kFeatures);
  const auto dataset = store::datasets::get(*database, "d");
  const market::TimeRange range{
      std::chrono::floor<std::chrono::seconds>(base::parse_time("2024-01-10T00:00:00Z")),
      std::chrono::floor<std::chrono::seconds>(base::parse_time("2024-02-01T00:00:00Z"))};
  request.window = market::check_candles(
      {"BTC/USD", dataset.series().timeframe, open_source(dataset)->closed_candles(range)},
      market::DefectPolicies());
  request.window.warm_up = request.features.warm_up_rows();
  request.seed = 1;
  request.iterations = 2;
  request.learning_rate = request.pack.ppo.lr;
  request.symbol = "BTC/USD";
  request.snapshot_sha256 = keep_snapshot(with, request.window);
  const auto id = request.experiment_id = open_experiment(with, request);
  const auto lock = TrainingLock::try_acquire(home, "rig");
  run_experiment(with, *lock, request, with.launch);

  store::Transaction change(*database);
  const auto started = start(change, home,
                             {.name = "s",
                              .base_experiment_id = id,
                              .dataset_id = "d",
                              .hp_pack_id = "p",
                              .config = std::move(config)},
                             clock.now());
  change.commit();
  CHECK(started.outcome == schedule::ControlOutcome::done);
}

void Rig::set_config(const schedule::Config& config) {
  store::Transaction change(*database);
  auto row = store::schedules::get(change, "s");
  row.config = config.json();
  store::schedules::update(change, row, clock.now());
  change.commit();
}

std::vector<std::string> Rig::event_types(std::int64_t since) {
  std::vector<std::string> types;
  for (const auto& event : store::events::since(*database, since, 10'000)) types.push_back(event.type);
  return types;
}

}  // namespace ctt::cycle
