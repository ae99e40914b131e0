#include "cmd/schedule/update.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/datasets/data_policy.h"
#include "cmd/shell/costs_option.h"
#include "cmd/trade/budgets.h"
#include "cycle/fine_tuning.h"
#include "cycle/training_parent.h"
#include "models/schedule_contract.h"
#include "schedule/control.h"
#include "schedule/health.h"
#include "store/budgets.h"
#include "store/models.h"
#include "store/packs.h"

namespace ctt::cmd {

void ScheduleUpdate::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "which one; may be left out when there is one")->type_name("NAME");
  app.add_option("--interval", interval, "time between two cycles")->type_name("DUR");
  app.add_option("--anchor", anchor, "time of day (UTC) that slots are counted from")->type_name("TIME");
  app.add_option("--window", window, "closed bars a cycle works with")->type_name("N");
  app.add_option("--holdout", holdout, "newest bars of the window kept from the learner")->type_name("N");
  app.add_option("--iterations", iterations, "training iterations of a cycle")->type_name("N");
  app.add_option("--lr-mult", lr_mult, "learning rate of a cycle, as a multiple of the base experiment's")
      ->type_name("X");
  app.add_flag_function(
      "--auto-deploy,!--no-auto-deploy", [this](std::int64_t given) { auto_deploy = given > 0; },
      "deploy a candidate that passes the gate");
  app.add_option("--gate", gate, "none, basic or strict")->type_name("GATE");
  app.add_option("--misfire", misfire, "missed slots: skip, run-once or run-all")->type_name("HOW");
  app.add_option("--pack", pack, "hyper-parameters; they must make the policy that the schedule has")
      ->type_name("PACK");
  app.add_option("--train-from", train_from, "the model that the next cycle trains from: v3, @live, ...")
      ->type_name("MODEL");
  declare_costs(app, costs, "what a trade costs, in training and evaluation; its models stay usable");
  app.add_option(
         "--budget", budget,
         "what it may trade with where several share an account: 40% of the equity, or USD; none: all of it")
      ->type_name("BUDGET");
  declare_data_policy(app, data_policy);
}

namespace {

bool names_anything(const ScheduleUpdate& command) {
  return command.interval || command.anchor || command.window || command.holdout || command.iterations ||
         command.lr_mult || command.auto_deploy || command.gate || command.misfire || command.costs ||
         command.pack || command.train_from || command.budget || !command.data_policy.empty();
}

schedule::Config changed(const ScheduleUpdate& command, schedule::Config config) {
  if (command.interval) config.interval = base::parse_duration(*command.interval);
  if (command.anchor) config.anchor = schedule::parse_anchor(*command.anchor);
  const bool a_tenth = config.holdout_candles == config.window_candles / 10;
  config.window_candles = command.window.value_or(config.window_candles);
  if (a_tenth) config.holdout_candles = config.window_candles / 10;
  config.holdout_candles = command.holdout.value_or(config.holdout_candles);
  config.iterations_per_cycle = command.iterations.value_or(config.iterations_per_cycle);
  config.fine_tune_lr_multiplier = command.lr_mult.value_or(config.fine_tune_lr_multiplier);
  config.auto_deploy = command.auto_deploy.value_or(config.auto_deploy);
  if (command.gate) config.gate = schedule::parse_gate(*command.gate);
  if (command.misfire) config.misfire = schedule::parse_misfire(*command.misfire);
  if (command.costs) config.costs = market::parse_costs(*command.costs);
  config.data_policy = data_policy_of(command.data_policy, config.data_policy);
  return config;
}

// Stores it and says what it was and is; nothing when it is that already.
std::optional<std::string> change_budget(store::Transaction& change, const std::string& schedule,
                                         const std::string& budget) {
  const auto before = store::budgets::find(change, schedule);
  const auto words = [](const auto& found) { return found ? found->words : std::string("none"); };
  if (words(before) == budget) return std::nullopt;
  if (budget == "none") {
    store::budgets::remove(change, schedule);
  } else {
    static_cast<void>(BudgetWords::parse(budget));
    store::budgets::set(change, schedule, budget);
  }
  return fmt::format("{:<12} {} -> {} (from its trader's next start on)", "budget", words(before), budget);
}

// `gate basic -> strict`, setting by setting, as both spell them.
std::vector<std::string> differences(const schedule::Config& before, const schedule::Config& after) {
  const auto hours = [](const schedule::Config& config) {
    return base::to_words(std::chrono::duration_cast<std::chrono::seconds>(config.interval));
  };
  std::vector<std::string> lines;
  const auto tell = [&](std::string_view key, const auto& from, const auto& to) {
    if (from != to) lines.push_back(fmt::format("{:<12} {} -> {}", key, from, to));
  };
  tell("interval", hours(before), hours(after));
  tell("anchor", schedule::anchor_text(before.anchor), schedule::anchor_text(after.anchor));
  tell("window", before.window_candles, after.window_candles);
  tell("holdout", before.holdout_candles, after.holdout_candles);
  tell("iterations", before.iterations_per_cycle, after.iterations_per_cycle);
  tell("lr-mult", before.fine_tune_lr_multiplier, after.fine_tune_lr_multiplier);
  tell("auto-deploy", before.auto_deploy, after.auto_deploy);
  tell("gate", schedule::name(before.gate), schedule::name(after.gate));
  tell("misfire", schedule::name(before.misfire), schedule::name(after.misfire));
  const auto costs = [](const schedule::Config& config) {
    return config.costs ? market::costs_words(*config.costs) : std::string("the pack's");
  };
  tell("costs", costs(before), costs(after));
  tell("data-policy", before.data_policy.json(), after.data_policy.json());
  return lines;
}

// Pack and parent, which are not among the settings: what was asked for, checked, and what stood before.
struct OtherChanges {
  std::string pack;
  std::optional<store::Model> parent;
};

OtherChanges other_changes(Context& context, const ScheduleUpdate& command, const store::Schedule& row,
                           const schedule::Config& config) {
  auto& database = context.database();
  const store::StateContext state{database, context.home, context.clock};
  OtherChanges changes{.pack = row.hp_pack_id, .parent = {}};
  if (command.pack) {
    changes.pack = store::packs::get(database, *command.pack).id;
    const cycle::FineTuningOrigin origin{.schedule_id = row.id,
                                         .base_experiment_id = row.base_experiment_id,
                                         .dataset_id = row.dataset_id,
                                         .hp_pack_id = changes.pack};
    cycle::refuse_misfit(cycle::fine_tuning_of(database, origin, config, {}),
                         models::contract_of(state, row));
  }
  if (command.train_from) {
    changes.parent = store::models::get(database, *command.train_from, row.id);
    cycle::check_trainable(state, row, *changes.parent);
  }
  return changes;
}

// True when something was not so before. The row is written once, and its event tells of it.
bool apply(store::Transaction& change, const store::Schedule& row, const OtherChanges& wanted,
           base::Instant now) {
  bool changed = false;
  if (wanted.pack != row.hp_pack_id) {
    auto schedule = store::schedules::get(change, row.id);
    schedule.hp_pack_id = wanted.pack;
    store::schedules::update(
        change, schedule, now,
        {"pack " + wanted.pack, std::string(schedule::name(schedule::health(change, schedule, now).health))});
    changed = true;
  }
  if (wanted.parent && cycle::train_from(change, row.id, wanted.parent->version, now)) changed = true;
  return changed;
}

std::string version_words(const std::optional<std::int64_t>& version) {
  return version ? fmt::format("v{}", *version) : "nothing";
}

std::vector<std::string> differences(const store::Schedule& before, const store::Schedule& after) {
  auto lines = differences(schedule::config_of(before), schedule::config_of(after));
  if (before.hp_pack_id != after.hp_pack_id)
    lines.push_back(fmt::format("{:<12} {} -> {}", "pack", before.hp_pack_id, after.hp_pack_id));
  if (before.current_model_version != after.current_model_version) {
    lines.push_back(fmt::format("{:<12} {} -> {}", "trains from", version_words(before.current_model_version),
                                version_words(after.current_model_version)));
  }
  return lines;
}

}  // namespace

int ScheduleUpdate::run(Context& context) const {
  if (!names_anything(*this)) {
    throw base::Error(base::Failure::usage, "nothing to change: name at least one setting")
        .fix("ctt schedule update --help");
  }
  auto& database = context.database();
  const auto row = store::schedules::get_or_only(database, schedule);
  const auto config = changed(*this, schedule::config_of(row));
  const auto wanted = other_changes(context, *this, row, config);
  store::Transaction change(database);
  const auto outcome = schedule::update(change, row.id, config, context.now());
  const bool others = apply(change, row, wanted, context.now());
  const auto new_budget = budget ? change_budget(change, row.id, *budget) : std::nullopt;
  const auto stored_budget = store::budgets::find(change, row.id);
  const auto after = store::schedules::get(change, row.id);
  if (!context.globals.dry_run) change.commit();

  auto lines = differences(row, after);
  if (new_budget) lines.push_back(*new_budget);
  if (context.json()) {
    auto json = document("schedule.update").field("schedule_id", after.id);
    json.field("changed", outcome == schedule::ControlOutcome::done || others || new_budget)
        .field("dry_run", context.globals.dry_run);
    json.raw_field("config", after.config);
    json.field("hp_pack_id", after.hp_pack_id).field("current_model_version", after.current_model_version);
    json.field("budget", stored_budget ? std::optional(stored_budget->words) : std::nullopt);
    json.field("next_cycle_at", after.next_cycle_at);
    context.print_json(json.end());
    return 0;
  }
  const auto what = lines.empty() ? fmt::format("Schedule {} is set so already.", after.id)
                                  : fmt::format("schedule {}, from its next slot on:\n  {}", after.id,
                                                fmt::join(lines, "\n  "));
  if (context.globals.dry_run)
    return context.would(lines.empty() ? "change nothing: " + what : "change " + what);
  context.say(lines.empty() ? what : "Changed " + what);
  if (after.next_cycle_at)
    context.say("Next cycle " + context.terminal.moment_relative(*after.next_cycle_at, context.now()) + ".");
  return 0;
}

}  // namespace ctt::cmd
