#include "cmd/replay/replay.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/datasets/data_policy.h"
#include "cmd/datasets/open_source.h"
#include "cmd/replay/run_replay.h"
#include "cmd/shell/costs_option.h"
#include "cmd/shell/validators.h"
#include "cmd/training/compute_setting.h"
#include "cycle/chosen_costs.h"
#include "cycle/fetch.h"
#include "cycle/start.h"
#include "replay/replay.h"
#include "schedule/control.h"
#include "store/packs.h"
#include "store/schedules.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void ReplayRun::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "replay this schedule, with its settings")->type_name("NAME");
  app.add_option("--base", base, "experiment whose policy the first cycle trains from")->type_name("EXP");
  app.add_option("--dataset", dataset, "where its candles come from")->type_name("DATASET");
  app.add_option("--pack", pack, "hyper-parameters, those of the base")->type_name("PACK");
  app.add_option("--from", from, "first bar that is decided on")->type_name("TIME");
  app.add_option("--to", to, "last bar; default: the newest")->type_name("TIME");
  app.add_option("--interval", interval, "time between two cycles; default: the schedule's, or 6h")
      ->type_name("DUR");
  app.add_option("--anchor", anchor, "time of day (UTC) that slots are counted from")->type_name("TIME");
  app.add_option("--window", window, "closed bars a cycle works with; default: the schedule's, or 1000")
      ->type_name("N");
  app.add_option("--holdout", holdout, "newest bars of the window kept from the learner; default: a tenth")
      ->type_name("N");
  app.add_option("--iterations", iterations, "training iterations of a cycle; default: the schedule's, or 20")
      ->type_name("N");
  app.add_option("--lr-mult", lr_mult, "learning rate of a cycle, as a multiple of the base experiment's")
      ->type_name("X");
  app.add_option("--gate", gate, "of the arm gated: none, basic or strict")->type_name("GATE");
  declare_costs(app, costs, "what a trade costs; default: the schedule's, the dataset's, else the pack's");
  declare_data_policy(app, data_policy);
  app.add_option("--arms", arms, "what is compared; hold and flat are always drawn")
      ->capture_default_str()
      ->type_name("LIST");
  app.add_option("--seeds", seeds, "so many times with another seed each")
      ->check(whole(1, 100))
      ->capture_default_str()
      ->type_name("N");
  app.add_flag("--base-seeds,!--no-base-seeds", base_seeds,
               "train the base anew for each seed but the first (default), or keep the one base");
  app.add_option("--vary", vary, "a setting with several values, KEY=A,B,C; several make a grid")
      ->allow_extra_args(false)
      ->type_name("KEY=LIST");
  app.add_option("--latency", latency,
                 "from a slot until its candidate serves; default: what its training took")
      ->type_name("DUR");
  app.add_option("--cash", cash, "what each account begins with")
      ->check(positive())
      ->capture_default_str()
      ->type_name("USD");
  app.add_flag("--allow-seen", allow_seen,
               "trade bars that the base has learned from; every number is marked as in-sample then");
  app.add_option("--jobs", jobs, "lineages that run at a time; the result does not depend on it")
      ->check(whole(1, 256))
      ->type_name("N");
  app.add_option("-o,--output", output, "folder for report.html, result.json and csv files")
      ->type_name("DIR");
  declare_backend(app, backend);
  auto* resume_option =
      app.add_option("--resume", resume, "go on with a replay that was stopped, failed or killed")
          ->type_name("REPLAY");
  for (const char* fixed :
       {"--schedule", "--base", "--dataset", "--pack", "--from", "--to", "--vary", "--seeds"})
    resume_option->excludes(fixed);
}

namespace {

struct Origin {
  cycle::FineTuningOrigin ids;
  schedule::Config config;
  std::optional<std::string> schedule_id;
};

Origin origin_of(Context& context, const ReplayRun& command) {
  auto& database = context.database();
  Origin origin;
  if (command.schedule) {
    const auto row = store::schedules::get(database, *command.schedule);
    origin.schedule_id = row.id;
    origin.config = schedule::config_of(row);
    origin.ids = {.schedule_id = row.id,
                  .base_experiment_id = row.base_experiment_id,
                  .dataset_id = row.dataset_id,
                  .hp_pack_id = row.hp_pack_id};
  } else if (!command.base || !command.dataset || !command.pack) {
    throw Error(Failure::usage, "say what to replay: --schedule, or --base, --dataset and --pack")
        .fix("ctt schedule list");
  }
  if (command.base) origin.ids.base_experiment_id = store::experiments::get(database, *command.base).id;
  if (command.dataset) origin.ids.dataset_id = store::datasets::get(database, *command.dataset).id;
  if (command.pack) origin.ids.hp_pack_id = store::packs::get(database, *command.pack).id;
  if (origin.ids.schedule_id.empty()) origin.ids.schedule_id = origin.ids.dataset_id;
  return origin;
}

void apply_flags(schedule::Config& config, const ReplayRun& command) {
  if (command.interval) config.interval = base::parse_duration(*command.interval);
  if (command.anchor) config.anchor = schedule::parse_anchor(*command.anchor);
  if (command.gate) config.gate = schedule::parse_gate(*command.gate);
  if (command.iterations) config.iterations_per_cycle = *command.iterations;
  if (command.lr_mult) config.fine_tune_lr_multiplier = *command.lr_mult;
  if (command.window) {
    config.window_candles = *command.window;
    config.holdout_candles = *command.window / 10;
  }
  if (command.holdout) config.holdout_candles = *command.holdout;
  config.data_policy = data_policy_of(command.data_policy, config.data_policy);
}

std::vector<replay::Arm> arms_of(const std::string& list) {
  auto arms = replay::parse_arms(list);
  for (const auto drawn : {replay::Arm::hold, replay::Arm::flat}) {
    if (std::ranges::find(arms, drawn) == arms.end()) arms.push_back(drawn);
  }
  return arms;
}

base::Seconds bar_at(const std::string& text, const market::Timeframe& timeframe) {
  return timeframe.floor(base::parse_time(text));
}

// What the windows of all points reach back to, and a stretch whose price may fill a hole at their beginning.
std::int64_t rows_before(const replay::ReplaySettings& settings) {
  constexpr std::int64_t kForHoles = 1000;
  std::int64_t rows = 0;
  for (const auto& point : settings.points()) rows = std::max(rows, point.tuning.config.window_candles);
  return rows + static_cast<std::int64_t>(settings.tuning.features.warm_up_rows()) + kForHoles;
}

market::Costs costs_of(const ReplayRun& command, const Origin& origin, const store::Dataset& dataset,
                       store::Database& database) {
  const auto& pack_id = origin.ids.hp_pack_id;
  const auto pack = training::Pack::parse(store::packs::get(database, pack_id).config, "pack " + pack_id);
  const auto asked = command.costs ? std::optional(market::parse_costs(*command.costs)) : origin.config.costs;
  return cycle::choose_costs(asked, dataset, pack, pack_id).costs;
}

struct PreparedReplay {
  replay::ReplaySettings settings;
  std::optional<std::string> schedule_id;
  market::CandleSeries candles;
};

void set_base(replay::ReplaySettings& settings, const Context& context, store::Database& database) {
  const auto& ids = settings.tuning.origin;
  const auto experiment = store::experiments::get(database, ids.base_experiment_id);
  if (!experiment.checkpoint_sha256) {
    throw Error(Failure::not_found, fmt::format("base {} has no checkpoint", experiment.name))
        .why(experiment.message.value_or(fmt::format("its run is {}", store::name(experiment.status))))
        .fix("ctt experiments show " + experiment.id);
  }
  settings.base_sha256 = *experiment.checkpoint_sha256;
  settings.base_iterations = static_cast<std::uint64_t>(experiment.total_iterations);
  const auto base = policy::load(context.home.model(settings.base_sha256), settings.base_sha256);
  cycle::refuse_misfit(settings.tuning, base.contract);
  const auto& seen = base.lineage.data_seen_until;
  settings.seen = seen.empty() || base::parse_time(seen) >= settings.first;
}

PreparedReplay prepare(Context& context, const ReplayRun& command) {
  auto& database = context.database();
  auto origin = origin_of(context, command);
  const auto row = store::datasets::get(database, origin.ids.dataset_id);
  const auto key = row.series();
  origin.config.symbol = key.symbol;
  origin.config.timeframe = key.timeframe;
  apply_flags(origin.config, command);
  if (!command.from)
    throw Error(Failure::usage, "say where the replay begins: --from TIME")
        .fix("ctt datasets show " + row.id);

  PreparedReplay prepared{.settings = {}, .schedule_id = origin.schedule_id, .candles = {}};
  auto& settings = prepared.settings;
  auto compute = compute_of(context.settings);
  compute.threads = 1;  // the cores are filled by lineages
  origin.config.costs = costs_of(command, origin, row, database);
  settings.tuning = cycle::fine_tuning_of(database, origin.ids, origin.config, compute);
  settings.arms = arms_of(command.arms);
  settings.seeds = command.seeds;
  settings.base_seeds = command.base_seeds;
  settings.holdout_follows = !command.holdout;
  settings.allow_seen = command.allow_seen;
  settings.cash = command.cash;
  if (command.latency)
    settings.latency = std::chrono::floor<std::chrono::seconds>(base::parse_duration(*command.latency));
  for (const auto& text : command.vary) settings.vary.push_back(replay::parse_variation(text));

  const auto source = open_source(context, row);
  settings.remote = source->remote();
  const auto newest = cycle::newest_bar(*source, key.timeframe, context.now());
  settings.first = bar_at(*command.from, key.timeframe);
  settings.last = command.to ? std::min(newest, bar_at(*command.to, key.timeframe)) : newest;
  if (settings.last <= settings.first) {
    throw Error(Failure::usage,
                fmt::format("the replay would end at {}, before it begins", base::to_rfc3339(settings.last)))
        .fix("ctt datasets show " + row.id);
  }
  set_base(settings, context, database);
  market::TimeRange range{settings.first - key.timeframe.duration() * rows_before(settings), settings.last};
  if (const auto available = source->available()) range.first = std::max(range.first, available->first);
  cycle::fetch(database, *source, key, range, context.clock);
  prepared.candles = store::candles::range(database, key, range);
  return prepared;
}

}  // namespace

int ReplayRun::run(Context& context) const {
  if (resume)
    return run_replay(context, store::replays::get(context.database(), *resume).id, {jobs, output, backend});
  const auto prepared = prepare(context, *this);
  const auto& settings = prepared.settings;
  if (context.globals.dry_run) {
    return context.would(fmt::format("replay {} from {} to {}: {} points, arms {}, {} seeds",
                                     settings.tuning.origin.schedule_id, base::to_rfc3339(settings.first),
                                     base::to_rfc3339(settings.last), settings.points().size(), arms,
                                     settings.seeds));
  }
  require_replay(context, {jobs, output, backend});
  const store::StateContext state{context.database(), context.home, context.clock};
  const auto id = replay::create(state, settings, prepared.schedule_id, prepared.candles);
  return run_replay(context, id, {jobs, output, backend});
}

}  // namespace ctt::cmd
