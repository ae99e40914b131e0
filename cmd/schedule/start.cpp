#include "cmd/schedule/start.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "cmd/datasets/data_policy.h"
#include "cmd/shell/costs_option.h"
#include "cycle/chosen_costs.h"
#include "cycle/start.h"
#include "store/datasets.h"
#include "store/experiments.h"
#include "store/packs.h"
#include "store/reference.h"
#include "training/pack.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void ScheduleStart::declare(CLI::App& app) {
  app.add_option("--base", base, "experiment whose policy the first cycle trains from")
      ->required()
      ->type_name("EXP");
  app.add_option("--dataset", dataset, "where its candles come from")->required()->type_name("DATASET");
  app.add_option("--pack", pack, "hyper-parameters, those of the base")->required()->type_name("PACK");
  app.add_option("--name", schedule_name, "name of the schedule; default: the dataset's")->type_name("NAME");
  app.add_option("--interval", interval, "time between two cycles")->capture_default_str()->type_name("DUR");
  app.add_option("--anchor", anchor, "time of day (UTC) that slots are counted from")
      ->capture_default_str()
      ->type_name("TIME");
  app.add_option("--window", window, "closed bars a cycle works with")->capture_default_str()->type_name("N");
  app.add_option("--holdout", holdout,
                 "newest bars of the window kept from the learner, to compare candidate and parent on; "
                 "default: a tenth")
      ->type_name("N");
  app.add_option("--iterations", iterations, "training iterations of a cycle")
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--lr-mult", lr_mult, "learning rate of a cycle, as a multiple of the base experiment's")
      ->capture_default_str()
      ->type_name("X");
  app.add_option("--symbol", symbol, "instrument; must be the dataset's")->type_name("SYMBOL");
  app.add_option("--timeframe", timeframe, "bar width; must be the dataset's")->type_name("WIDTH");
  app.add_flag("--auto-deploy,!--no-auto-deploy", auto_deploy,
               "deploy a candidate that passes the gate (default)");
  app.add_option("--gate", gate, "none, basic or strict")->capture_default_str()->type_name("GATE");
  app.add_option("--misfire", misfire, "missed slots: skip, run-once or run-all")
      ->capture_default_str()
      ->type_name("HOW");
  declare_costs(app, costs,
                "what a trade costs, in training and evaluation; default: the dataset's, else the pack's");
  declare_data_policy(app, data_policy);
}

namespace {

schedule::Config config_of(const ScheduleStart& command, const store::SeriesKey& series) {
  schedule::Config config;
  config.interval = base::parse_duration(command.interval);
  config.anchor = schedule::parse_anchor(command.anchor);
  config.window_candles = command.window;
  config.holdout_candles = command.holdout.value_or(command.window / 10);
  config.iterations_per_cycle = command.iterations;
  config.fine_tune_lr_multiplier = command.lr_mult;
  config.symbol = series.symbol;
  config.timeframe = series.timeframe;
  config.auto_deploy = command.auto_deploy;
  config.gate = schedule::parse_gate(command.gate);
  config.misfire = schedule::parse_misfire(command.misfire);
  config.data_policy = data_policy_of(command.data_policy, {});
  if (command.symbol && *command.symbol != series.symbol) {
    throw Error(Failure::usage,
                fmt::format("the dataset is of {}, not of {}", series.symbol, *command.symbol));
  }
  if (command.timeframe && market::Timeframe::parse(*command.timeframe) != series.timeframe) {
    throw Error(Failure::usage, fmt::format("the dataset has bars of {}, not of {}", series.timeframe.name(),
                                            *command.timeframe));
  }
  return config;
}

// As flags take it: `6h`, `90s`.
std::string duration_text(std::chrono::milliseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  if (seconds % 3600 == 0) return fmt::format("{}h", seconds / 3600);
  return seconds % 60 == 0 ? fmt::format("{}m", seconds / 60) : fmt::format("{}s", seconds);
}

// How an active schedule is set, where that is not as asked.
struct Differences {
  std::vector<std::string> texts;  // `window 2000, not 500`
  std::string flags;               // of ctt schedule update, to have what was asked: ` --window 500`
  bool beyond_update = false;      // base, dataset or pack differ
};

void compare_data_policy(Differences& found, const market::DefectPolicies& is,
                         const market::DefectPolicies& asked) {
  auto has = base::JsonValue::parse(is.json(), "data policy").as_object();
  auto wants = base::JsonValue::parse(asked.json(), "data policy").as_object();
  const auto word = [](const base::JsonValue& value) {
    return value.is_string() ? value.as_string() : value.text();
  };
  for (const auto& key : wants.keys()) {
    const auto has_word = word(*has.find(key));
    const auto wanted_word = word(*wants.find(key));
    if (has_word == wanted_word) continue;
    found.texts.push_back(fmt::format("data-policy {}={}, not {}", key, has_word, wanted_word));
    found.flags += fmt::format(" --data-policy {}={}", key, wanted_word);
  }
}

Differences differences(const store::Schedule& schedule, const schedule::StartRequest& request) {
  const auto is = schedule::config_of(schedule);
  const auto& asked = request.config;
  Differences found;
  const auto tell = [&](std::string_view key, const auto& has, const auto& wanted) {
    if (has == wanted) return false;
    found.texts.push_back(fmt::format("{} {}, not {}", key, has, wanted));
    return true;
  };
  const auto fixed = [&](std::string_view key, const auto& has, const auto& wanted) {
    if (tell(key, has, wanted)) found.beyond_update = true;
  };
  const auto setting = [&](std::string_view key, const auto& has, const auto& wanted) {
    if (tell(key, has, wanted)) found.flags += fmt::format(" --{} {}", key, wanted);
  };
  fixed("base", schedule.base_experiment_id, request.base_experiment_id);
  fixed("dataset", schedule.dataset_id, request.dataset_id);
  fixed("pack", schedule.hp_pack_id, request.hp_pack_id);
  fixed("symbol", is.symbol, asked.symbol);
  fixed("timeframe", is.timeframe.name(), asked.timeframe.name());
  setting("interval", duration_text(is.interval), duration_text(asked.interval));
  setting("anchor", schedule::anchor_text(is.anchor), schedule::anchor_text(asked.anchor));
  setting("window", is.window_candles, asked.window_candles);
  setting("holdout", is.holdout_candles, asked.holdout_candles);
  setting("iterations", is.iterations_per_cycle, asked.iterations_per_cycle);
  setting("lr-mult", is.fine_tune_lr_multiplier, asked.fine_tune_lr_multiplier);
  if (tell("auto-deploy", is.auto_deploy, asked.auto_deploy))
    found.flags += asked.auto_deploy ? " --auto-deploy" : " --no-auto-deploy";
  // A schedule of a version without costs has its pack's, which those asked for fall back on too.
  setting("costs", market::costs_text(is.costs.value_or(*asked.costs)), market::costs_text(*asked.costs));
  setting("gate", schedule::name(is.gate), schedule::name(asked.gate));
  setting("misfire", schedule::name(is.misfire), schedule::name(asked.misfire));
  compare_data_policy(found, is.data_policy, asked.data_policy);
  return found;
}

void refuse_other_settings(const store::Schedule& schedule, const schedule::StartRequest& request) {
  const auto found = differences(schedule, request);
  if (found.texts.empty()) return;
  auto error = Error(Failure::refused, fmt::format("schedule {} is active with other settings", schedule.id))
                   .why(fmt::format("it has {}", fmt::join(found.texts, "; ")));
  if (!found.beyond_update) {
    throw std::move(error).fix(fmt::format("ctt schedule update --schedule {}{}", schedule.id, found.flags));
  }
  throw std::move(error).fix("ctt schedule stop --schedule " + schedule.id).fix("ctt ...");
}

std::string text_of(Context& context, const cycle::Started& started, const schedule::StartRequest& request,
                    const cycle::ChosenCosts& costs, const std::string& base_name) {
  const auto& config = request.config;
  const auto now = context.now();
  const auto model = started.base_model.version > 0 ? fmt::format(" (v{})", started.base_model.version) : "";
  return fmt::format(
      "Schedule {} is {}.\n"
      "  trains      from {}{}, {} bars of {} {} ({} held back), {} iterations, rate {:.1e} ({} x {:.1e})\n"
      "  costs       {}\n"
      "  first cycle {}, then every {}\n"
      "  deploys     {}, gate {}\n"
      "Nothing calls it by itself. Next: `ctt schedule install --systemd --user` or `--cron`, or run the "
      "first "
      "cycle with `ctt cycle run --now`.",
      started.schedule.id,
      started.outcome == schedule::ControlOutcome::already ? "active already; nothing changed" : "active",
      base_name, model, grouped(config.window_candles), config.symbol, config.timeframe.name(),
      grouped(config.holdout_candles), config.iterations_per_cycle, started.learning_rate,
      config.fine_tune_lr_multiplier, started.base_learning_rate, costs.words(),
      context.terminal.moment_relative(started.schedule.next_cycle_at.value_or(now), now),
      base::to_words(std::chrono::duration_cast<std::chrono::seconds>(config.interval)),
      config.auto_deploy ? "automatically" : "nothing by itself", schedule::name(config.gate));
}

}  // namespace

int ScheduleStart::run(Context& context) const {
  auto& database = context.database();
  const auto from = store::datasets::get(database, dataset);
  schedule::StartRequest request;
  request.config = config_of(*this, from.series());
  const auto experiment = store::experiments::get(database, base);
  request.name = schedule_name.empty() ? from.id : store::checked_slug("schedule", schedule_name);
  request.base_experiment_id = experiment.id;
  request.dataset_id = from.id;
  const auto settings = store::packs::get(database, pack);
  request.hp_pack_id = settings.id;
  const auto asked = costs ? std::optional(market::parse_costs(*costs)) : std::nullopt;
  const auto chosen = cycle::choose_costs(
      asked, from, training::Pack::parse(settings.config, "pack " + settings.id), settings.id);
  request.config.costs = chosen.costs;

  store::Transaction change(database);
  const auto started = cycle::start(change, context.home, request, context.now());
  if (started.outcome == schedule::ControlOutcome::already) refuse_other_settings(started.schedule, request);
  if (!context.globals.dry_run) change.commit();
  if (context.json()) {
    auto json = document("schedule.start")
                    .field("schedule_id", started.schedule.id)
                    .field("status", store::name(started.schedule.status));
    json.field("already_active", started.outcome == schedule::ControlOutcome::already)
        .field("dry_run", context.globals.dry_run);
    json.field("base_experiment_id", experiment.id)
        .field("model_version", started.base_model.version)
        .field("learning_rate", started.learning_rate);
    json.raw_field("config", started.schedule.config).raw_field("costs", market::costs_json(chosen.costs));
    json.field("next_cycle_at", started.schedule.next_cycle_at).end();
    context.print_json(json);
    return 0;
  }
  if (context.globals.dry_run)
    return context.would("start: " + text_of(context, started, request, chosen, experiment.name));
  context.say(text_of(context, started, request, chosen, experiment.name));
  return 0;
}

}  // namespace ctt::cmd
