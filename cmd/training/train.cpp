#include "cmd/training/train.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"
#include "base/signals.h"
#include "cmd/datasets/open_source.h"
#include "cmd/shell/costs_option.h"
#include "cmd/shell/counted.h"
#include "cmd/shell/validators.h"
#include "cmd/training/compute_setting.h"
#include "cmd/training/event_echo.h"
#include "cmd/training/launcher_setting.h"
#include "cycle/chosen_costs.h"
#include "cycle/experiment.h"
#include "cycle/fetch.h"
#include "cycle/reproduce.h"
#include "cycle/window_bars.h"
#include "store/datasets.h"
#include "store/experiment_tags.h"
#include "store/experiments.h"
#include "store/packs.h"
#include "store/reference.h"
#include "training/pack_settings.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;
using Outcome = cycle::LaunchResult::Outcome;

void Train::declare(CLI::App& app) {
  app.add_option("--dataset", dataset, "what to learn from")->type_name("DATASET");
  app.add_option("--pack", pack, "hyper-parameters")->type_name("PACK");
  app.add_option("--name", experiment_name, "name of the experiment; default: its id")->type_name("NAME");
  app.add_option("--iterations", iterations, "iterations instead of the pack's")
      ->check(whole(1, 100'000))
      ->type_name("N");
  app.add_option("--seed", seed, "seed of every random stream")
      ->check(whole(0, base::kSeedMax))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--from", from, "first bar")->type_name("TIME");
  app.add_option("--to", to, "last bar")->type_name("TIME");
  app.add_option("--candles", candles,
                 "this many bars: the newest, those up to --to, or those from --from on")
      ->check(whole(10, 10'000'000))
      ->type_name("N");
  app.add_option("--threads", threads, "worker threads; the result does not depend on them")
      ->check(whole(1, 64))
      ->type_name("N");
  app.add_option("--engine", engine, "fast, or autograd: the readable reference, one thread")
      ->check(CLI::IsMember({"fast", "autograd"}))
      ->type_name("ENGINE");
  app.add_option("--device", device, "cpu, or cuda where LibTorch has it (implies autograd)")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->type_name("DEVICE");
  app.add_option("--precision", precision,
                 "of an update's products: float32, or bfloat16 where the processor has AVX512_BF16 or AMX")
      ->check(CLI::IsMember({"float32", "bfloat16"}))
      ->type_name("PRECISION");
  declare_costs(app, costs, "what a trade costs; default: the dataset's, else the pack's");
  app.add_option("--set", settings,
                 "a setting instead of the pack's, key=value, nested keys with dots; may be repeated")
      ->allow_extra_args(false)
      ->type_name("K=V");
  app.add_option("--id", experiment_id, "id of the experiment: exp- and 12 hex digits")
      ->check([](const std::string& text) {
        const bool fits = text.starts_with("exp-") && text.size() == 16 &&
                          text.find_first_not_of("0123456789abcdef", 4) == std::string::npos;
        return fits ? std::string() : fmt::format("{} is no id of an experiment", text);
      })
      ->group("");
  auto* resume_option =
      app.add_option("--resume", resume,
                     "go on from this experiment's checkpoint, with its candles and settings; --iterations: "
                     "how many more, by default those it has left")
          ->type_name("EXP");
  for (const char* fixed : {"--dataset", "--pack", "--seed", "--from", "--to", "--candles", "--engine",
                            "--device", "--precision", "--costs", "--set"})
    resume_option->excludes(fixed);
  app.add_option("--tag", tags, "label, key=value; may be repeated")->type_name("TAG");
}

namespace {

struct Ingredients {
  store::Dataset dataset;
  training::Pack pack;
  std::string pack_id;
  features::FeatureSet features;
  cycle::ChosenCosts costs;  // which the pack has got
};

base::Seconds bar_of(const std::string& text, const market::Timeframe& timeframe) {
  return timeframe.floor(base::parse_time(text));
}

// The bars between the times asked for; without --from everything the source has.
market::TimeRange range_of(const Train& train, market::CandleSource& source,
                           const market::Timeframe& timeframe, std::size_t warm_up, base::Instant now) {
  const auto width = timeframe.duration();
  const auto newest = cycle::newest_bar(source, timeframe, now);
  const auto available = source.available();
  market::TimeRange range{available ? available->first : newest, newest};
  if (train.to) range.last = std::min(newest, bar_of(*train.to, timeframe));
  if (train.from) {
    range.first = bar_of(*train.from, timeframe);
    if (train.to && bar_of(*train.to, timeframe) < range.first)
      throw Error(Failure::usage, fmt::format("--from {} is after --to {}", *train.from, *train.to));
    if (train.candles)
      range.last = std::min(newest, range.first + width * static_cast<long>(*train.candles - 1));
    const auto early = range.first - width * static_cast<long>(warm_up);
    range.first = available ? std::max(available->first, early) : early;
  } else if (!available) {
    throw Error(Failure::usage, "this dataset has no beginning; say how many bars to learn from")
        .fix("ctt ... --candles 5000");
  }
  return range;
}

// The stored candles up to `span.newest`, brought up to date; a dry run asks its source too, and keeps
// nothing of the answer.
market::CandleSeries candles_up_to(Context& context, market::CandleSource& source,
                                   const store::SeriesKey& key, cycle::WindowSpan& span) {
  if (context.globals.dry_run) {
    const auto first = span.newest - key.timeframe.duration() * static_cast<long>(span.rows);
    return {key.symbol, key.timeframe, source.closed_candles({first, span.newest})};
  }
  cycle::fetch_window(context.database(), source, key, span, context.clock);
  span.newest = cycle::window_end(context.database(), source, key, span.newest);
  return cycle::stored_bars(context.database(), key, span);
}

// Exactly --candles bars, the last of them the newest there is or that of --to.
market::Window newest_bars(Context& context, const Train& train, const Ingredients& with) {
  const auto source = open_source(context, with.dataset);
  const auto key = with.dataset.series();
  const auto warm_up = with.features.warm_up_rows();
  const market::DefectPolicies policies;
  auto newest = cycle::newest_bar(*source, key.timeframe, context.now());
  if (train.to) newest = std::min(newest, bar_of(*train.to, key.timeframe));
  cycle::WindowSpan span{.newest = newest, .rows = *train.candles + warm_up};
  const auto candles = candles_up_to(context, *source, key, span);
  const auto oldest =
      candles.candles.empty() ? span.newest + key.timeframe.duration() : candles.candles.front().open_time;
  const auto rows = static_cast<std::size_t>((span.newest - oldest) / key.timeframe.duration() + 1);
  if (rows < span.rows) {
    throw Error(
        Failure::data_blocked,
        fmt::format("dataset {} has {} bars up to {}; {} bars with {} before them for its features need {}",
                    with.dataset.id, rows, base::to_rfc3339(span.newest), *train.candles, warm_up, span.rows))
        .fix(rows > warm_up + 10 ? fmt::format("ctt ... --candles {}", rows - warm_up)
                                 : "ctt datasets show " + with.dataset.id);
  }
  return market::bars_of_dataset(with.dataset.id, [&] {
    auto window = market::cut_window(
        candles, {.last = span.newest, .bars = *train.candles, .warm_up = warm_up}, policies);
    market::pass_data_gate(window, policies);
    return window;
  });
}

market::Window window_of(Context& context, const Train& train, const Ingredients& with) {
  if (train.candles && !train.from) return newest_bars(context, train, with);
  const auto source = open_source(context, with.dataset);
  const auto key = with.dataset.series();
  const auto warm_up = with.features.warm_up_rows();
  const auto range = range_of(train, *source, key.timeframe, warm_up, context.now());
  // A dry run asks its source too, and keeps nothing of the answer.
  market::CandleSeries candles{key.symbol, key.timeframe, {}};
  if (context.globals.dry_run) {
    candles.candles = source->closed_candles(range);
  } else {
    cycle::fetch(context.database(), *source, key, range, context.clock);
    candles = store::candles::range(context.database(), key, range);
  }
  const std::size_t needed = warm_up + with.pack.environment.window_size + 2;
  if (candles.candles.size() < needed) {
    throw Error(
        Failure::data_blocked,
        fmt::format("dataset {} has {} bars in this range, and the features and window need at least {}",
                    with.dataset.id, candles.candles.size(), needed))
        .fix("ctt datasets show " + with.dataset.id);
  }
  auto window = market::bars_of_dataset(
      with.dataset.id, [&] { return market::check_candles(candles, market::DefectPolicies()); });
  window.warm_up = warm_up;
  return window;
}

// A cost that --set names is as asked as --costs is.
cycle::ChosenCosts costs_of(const Train& train, const Ingredients& with) {
  const bool set = std::ranges::any_of(train.settings, [](const std::string& setting) {
    return setting.starts_with("commission=") || setting.starts_with("half_spread=");
  });
  if (set && train.costs)
    throw Error(Failure::usage, "--costs and --set name the costs both; leave one out")
        .fix("ctt train --help");
  if (set) return {with.pack.environment.costs, "as asked"};
  const auto asked = train.costs ? std::optional(market::parse_costs(*train.costs)) : std::nullopt;
  return cycle::choose_costs(asked, with.dataset, with.pack, with.pack_id);
}

Ingredients ingredients(Context& context, const Train& train) {
  auto& database = context.database();
  Ingredients with;
  with.dataset = store::datasets::get(database, train.dataset);
  const auto pack = store::packs::get(database, train.pack);
  with.pack_id = pack.id;
  const auto where = "pack " + pack.id;
  with.pack = training::Pack::parse(training::with_settings(pack.config, train.settings, where), where);
  with.features = features::FeatureSet::parse(with.dataset.features, "dataset " + with.dataset.id);
  with.costs = costs_of(train, with);
  with.pack.environment.costs = with.costs.costs;
  return with;
}

// The settings, less what the flags say.
training::Compute compute_for(const Train& train, const Settings& settings) {
  auto compute = unchecked_compute_of(settings);
  if (train.threads) compute.threads = *train.threads;
  if (train.device) {
    compute.device = training::parse_device(*train.device);
    if (compute.device == training::Device::cuda) compute.engine = training::Engine::autograd;
  }
  if (train.engine) compute.engine = training::parse_engine(*train.engine);
  if (train.precision) compute.precision = training::parse_precision(*train.precision);
  training::validate(compute);
  return compute;
}

cycle::TrainingRequest request_of(const Train& train, const Ingredients& with, market::Window window,
                                  Context& context) {
  cycle::TrainingRequest request;
  request.name = train.experiment_name;
  request.experiment_id = train.experiment_id.value_or("");
  request.script = "ctt train";
  request.tags = train.tags;
  request.hp_pack_id = with.pack_id;
  request.dataset_id = with.dataset.id;
  request.pack = with.pack;
  request.features = with.features;
  request.symbol = window.series.symbol;
  request.timeframe = window.series.timeframe;
  request.window = std::move(window);
  request.seed = train.seed;
  request.iterations = train.iterations.value_or(with.pack.num_iterations);
  request.learning_rate = with.pack.ppo.lr;
  request.compute = compute_for(train, context.settings);
  return request;
}

struct Prepared {
  cycle::TrainingRequest request;
  cycle::ChosenCosts costs;
};

// A name leads to one experiment: what an earlier one of this name left would be ambiguous from now on.
void check_name(store::Database& database, const Train& train) {
  if (train.experiment_name.empty()) return;
  const auto name = store::checked_experiment_name(train.experiment_name);
  for (const auto& row : store::experiments::list(database, {})) {
    if (row.name != name) continue;
    if (!row.checkpoint_sha256 && row.status != store::ExperimentStatus::running) continue;
    throw Error(Failure::refused, fmt::format("the experiment {} is called {} already", row.id, name))
        .fix(fmt::format("ctt ... --name {}-2", name))
        .fix("ctt experiments show " + row.id);
  }
}

Prepared prepared(const Train& train, Context& context) {
  check_name(context.database(), train);
  store::require_free_tags(train.tags);
  if (!train.resume) {
    if (train.dataset.empty() || train.pack.empty()) {
      throw Error(Failure::usage, fmt::format("--{} is required, unless --resume says what to go on from",
                                              train.dataset.empty() ? "dataset" : "pack"))
          .fix("ctt datasets list")
          .fix("ctt packs list");
    }
    if (train.from && train.to && train.candles) {
      throw Error(Failure::usage,
                  "--from, --to and --candles together say too much: any two of them say which bars")
          .fix("ctt train --help");
    }
    const auto with = ingredients(context, train);
    return {request_of(train, with, window_of(context, train, with), context), with.costs};
  }
  const store::StateContext state{context.database(), context.home, context.clock};
  auto request =
      cycle::resume_of(state, store::experiments::get(state.database, *train.resume), train.iterations);
  request.name = train.experiment_name;
  request.experiment_id = train.experiment_id.value_or("");
  request.script = "ctt train";
  request.tags = train.tags;
  if (train.threads) request.compute.threads = *train.threads;
  const auto costs = request.pack.environment.costs;
  return {std::move(request), {costs, "as before"}};
}

int report(Context& context, const std::string& id, const cycle::ChosenCosts& costs,
           const cycle::TrainingOutcome& outcome) {
  const auto experiment = store::experiments::get(context.database(), id);
  if (context.json()) {
    auto json = document("train")
                    .field("experiment_id", id)
                    .field("name", experiment.name)
                    .field("status", store::name(experiment.status));
    json.field("checkpoint_sha256", outcome.checkpoint_sha256).field("message", experiment.message);
    json.raw_field("costs", market::costs_json(costs.costs));
    json.raw_field("final_metrics", experiment.final_metrics.value_or("null")).end();
    context.print_json(json);
  }
  switch (outcome.launch.outcome) {
    case Outcome::completed:
      break;
    case Outcome::cancelled:
      if (!context.json() && outcome.checkpoint_sha256) {
        context.err << fmt::format(
            "Experiment {} is cancelled after {} of {} iterations, its work is saved. Next: ctt train "
            "--resume {}\n",
            experiment.name, outcome.launch.result->iterations, experiment.total_iterations, experiment.name);
      }
      return 128 + (base::Signals::stop_signal() != 0 ? base::Signals::stop_signal() : 15);
    default:
      throw Error(Failure::internal,
                  fmt::format("experiment {} failed: {}", experiment.name, outcome.launch.message))
          .fix("ctt experiments show " + experiment.name);
  }
  if (context.json()) return 0;
  const auto& last = outcome.launch.result->last;
  const double collecting = last.collect_s / (last.collect_s + last.update_s);
  context.say(
      fmt::format("Experiment {} is trained: {} in {:.1f} s ({} steps/s: {:.0f} % collecting, "
                  "{:.0f} % updating).\n"
                  "  in-sample   {} per episode, {:.1f} trades\n"
                  "  costs       {}\n"
                  "  checkpoint  {}\n"
                  "Next: ctt schedule start --base {} --dataset {} --pack {}",
                  experiment.name, counted(outcome.launch.result->iterations, "iteration"),
                  outcome.launch.result->train_s, grouped(static_cast<long long>(last.steps_per_s)),
                  100 * collecting, 100 - 100 * collecting, signed_pct(last.pnl_pct_mean),
                  last.trade_count_mean, costs.words(), outcome.checkpoint_sha256->substr(0, 12),
                  experiment.name, *experiment.dataset_id, *experiment.hp_pack_id));
  return 0;
}

}  // namespace

int Train::run(Context& context) const {
  auto [request, costs_used] = prepared(*this, context);
  const auto& series = request.window.series;
  if (context.globals.dry_run) {
    return context.would(
        fmt::format("train {} on {} bars of {} {} up to {} with pack {}, {} iterations, seed {}, costs {}",
                    experiment_name.empty() ? "an experiment" : experiment_name,
                    series.candles.size() - request.window.warm_up, series.symbol, series.timeframe.name(),
                    base::to_rfc3339(request.window.last()), request.hp_pack_id, request.iterations,
                    request.seed, costs_used.words()));
  }
  const auto lock = cycle::TrainingLock::try_acquire(context.home, "ctt train");
  if (!lock) {
    throw Error(Failure::busy,
                fmt::format("another training runs: {}", cycle::TrainingLock::holder(context.home)))
        .fix("ctt experiments list --status running");
  }
  cycle::LaunchOptions options;
  options.command = cycle::learner_command(context.settings.text("learner.command"));
  options.launcher = launcher_of(context);
  options.launcher->require(options, request.compute);
  options.deadline = context.settings.duration("learner.deadline");
  options.stop_count = base::Signals::stop_count;
  EventEcho echo(context);
  const store::StateContext state{context.database(), context.home, context.clock};
  cycle::close_orphans(state, *options.launcher);
  request.snapshot_sha256 = cycle::keep_snapshot(state, request.window);
  request.experiment_id = cycle::open_experiment(state, request);

  ProgressLine progress(context.terminal, "train");
  options.on_started = [&] { progress.update(0, 0, "starting"); };
  options.on_iteration = [&](const training::IterationMetrics& metrics) {
    echo.flush();
    progress.update(metrics.iteration, metrics.total_iterations,
                    fmt::format("reward {:.3f}  {} steps/s  KL {:.3f}", metrics.episode_return_mean,
                                grouped(static_cast<long long>(metrics.steps_per_s)), metrics.kl),
                    base::Signals::take_progress_request());
  };
  const auto outcome = cycle::run_experiment(state, *lock, request, options);
  progress.finish();
  echo.flush();
  return report(context, request.experiment_id, costs_used, outcome);
}

}  // namespace ctt::cmd
