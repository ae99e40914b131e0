#include "cmd/trade/trade.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/log.h"
#include "cmd/alpaca/alpaca.h"
#include "cmd/alpaca/alpaca_desk.h"
#include "cmd/notify/alarm_watch.h"
#include "cmd/shell/costs_option.h"
#include "cmd/shell/validators.h"
#include "cmd/trade/budgets.h"
#include "cmd/trade/replayed_candles.h"
#include "cmd/trade/run_trader.h"
#include "models/schedule_contract.h"
#include "schedule/control.h"
#include "store/deployments.h"
#include "store/live_sessions.h"
#include "store/models.h"
#include "trader/replay_feed.h"
#include "trader/simulated_broker.h"
#include "trader/trader_session.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void TradeRun::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "whose models it serves; may be left out when there is one")
      ->type_name("NAME");
  app.add_option("--schedules", schedules, "several, or all, on one account: each has a budget of its own")
      ->delimiter(',')
      ->type_name("NAMES");
  app.add_flag("--all", all, "every schedule that is not stopped, on one account");
  app.add_option(
         "--budget", budget,
         "what a schedule may trade with, a share of the equity or USD, kept with it; default: equal parts")
      ->delimiter(',')
      ->type_name("NAME=40%");
  app.add_option("--model", model, "serve this model and no other")->type_name("MODEL");
  app.add_flag("--paper{false},--live", live, "paper trading (default), or orders for real money");
  app.add_option("--confirm", confirm, "of --live: the number of the account that is to be traded")
      ->type_name("ACCOUNT");
  app.add_option("--replay", replay, "bars from a csv file, or from dataset:NAME, on a simulated account")
      ->type_name("FILE");
  app.add_option("--from", from, "of --replay: first bar that is decided on")->type_name("TIME");
  app.add_option("--to", to, "of --replay: last bar")->type_name("TIME");
  app.add_option("--speed", speed, "of --replay: bars a second; 0: as fast as it can")
      ->check(not_negative())
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--cash", cash, "of the simulated account")
      ->check(positive())
      ->capture_default_str()
      ->type_name("USD");
  declare_costs(app, costs, "of the simulated account; default: the schedule's");
  app.add_option("--max-position", max_position, "largest position it buys; 0: no limit")
      ->check(not_negative())
      ->type_name("USD");
  app.add_option("--max-drawdown", max_drawdown,
                 "halt when equity falls this far below its peak; 0: no limit")
      ->check(between(0, 100))
      ->type_name("PCT");
  app.add_option("--max-daily-loss", max_daily_loss, "halt when a day (UTC) has lost this much; 0: no limit")
      ->check(between(0, 100))
      ->type_name("PCT");
  app.add_option("--max-rejects", max_rejects, "only sell after so many refused orders in a row; 0: never")
      ->check(whole(0, 1000))
      ->type_name("N");
  app.add_option("--max-model-age", max_model_age, "buy nothing without newer training; 0s: never mind")
      ->type_name("DUR");
  app.add_option("--max-clock-skew", max_clock_skew, "buy nothing when the broker's clock is further off")
      ->type_name("DUR");
}

namespace {

trader::Options options_of(Context& context, const TradeRun& command, const store::Schedule& schedule) {
  trader::Options options;
  options.schedule = schedule.id;
  if (command.model)
    options.model_version = store::models::get(context.database(), *command.model, schedule.id).version;
  const auto& settings = context.settings;
  options.limits.max_daily_loss_fraction =
      command.max_daily_loss.value_or(settings.number("trade.max_daily_loss_pct")) / 100;
  options.limits.max_rejects =
      command.max_rejects.value_or(static_cast<int>(settings.number("trade.max_rejects")));
  options.limits.max_model_age =
      base::parse_duration(command.max_model_age.value_or(settings.text("trade.max_model_age")));
  options.limits.max_clock_skew =
      base::parse_duration(command.max_clock_skew.value_or(settings.text("trade.max_clock_skew")));
  options.stale_after = settings.duration("trade.stale_after");
  options.limits.on_drawdown = settings.text("trade.on_drawdown") == "flatten" ? trader::OnDrawdown::flatten
                                                                               : trader::OnDrawdown::halt;
  options.limits.max_position =
      command.max_position.value_or(context.settings.number("trade.max_position_usd"));
  options.limits.max_drawdown_fraction =
      command.max_drawdown.value_or(context.settings.number("trade.max_drawdown_pct")) / 100;
  return options;
}

// What the schedule's cycles learn with; one of a version without costs has what its models were trained for.
market::Costs costs_of(const TradeRun& command, const store::Schedule& row,
                       const policy::Contract& contract) {
  if (command.costs) return market::parse_costs(*command.costs);
  return schedule::config_of(row).costs.value_or(contract.costs);
}

int replay_candles(Context& context, const TradeRun& command, const store::Schedule& row,
                   const policy::Contract& contract) {
  auto series = replayed_candles(context, command, contract);
  const auto costs = costs_of(command, row, contract);
  if (context.globals.dry_run) {
    return context.would(fmt::format("trade schedule {} over {} bars of {}, costs {}", row.id,
                                     series.candles.size(), series.symbol, market::costs_words(costs)));
  }
  if (!context.json()) context.say("costs " + market::costs_words(costs));
  trader::ReplayFeed feed(std::move(series), {.bars_per_second = command.speed, .factor = 0});
  trader::SimulatedBroker broker(command.cash, costs, environment::parse_fill(contract.fill));
  return run_trader(context, {{options_of(context, command, row), feed, broker}}, {});
}

std::string names_of(const std::vector<ServedSchedule>& schedules) {
  std::vector<std::string> names;
  for (const auto& schedule : schedules) names.push_back(schedule.row.id);
  return fmt::format("{}", fmt::join(names, ","));
}

// Coins of one instrument cannot be told apart.
void require_own_instruments(const std::vector<ServedSchedule>& schedules) {
  for (const auto& schedule : schedules) {
    const auto twin = std::ranges::find_if(schedules, [&](const ServedSchedule& other) {
      return other.row.id != schedule.row.id && other.contract.symbol == schedule.contract.symbol;
    });
    if (twin != schedules.end())
      throw Error(Failure::usage,
                  fmt::format("schedules {} and {} both trade {}: an account has one position in it",
                              schedule.row.id, twin->row.id, schedule.contract.symbol))
          .fix("ctt trade --schedule " + schedule.row.id);
  }
}

trader::AccountLimits account_limits(const Settings& settings) {
  return {.max_drawdown_fraction = settings.number("account.max_drawdown_pct") / 100,
          .max_daily_loss_fraction = settings.number("account.max_daily_loss_pct") / 100};
}

int trade_alpaca(Context& context, const TradeRun& command, const std::vector<ServedSchedule>& schedules) {
  if (command.from || command.to || command.speed > 0)
    throw Error(Failure::usage, "--from, --to and --speed belong to --replay").fix("ctt trade --help");
  require_own_instruments(schedules);
  if (context.globals.dry_run) {
    return context.would(fmt::format("trade schedule{} {} on {} of {}", schedules.size() > 1 ? "s" : "",
                                     names_of(schedules),
                                     command.live ? "the live account" : "the paper account",
                                     alpaca_endpoints(context.settings).trading_url));
  }
  AlpacaDesk desk(context, {command.live, command.confirm});
  std::vector<std::string> names;
  for (const auto& schedule : schedules) names.push_back(schedule.row.id);
  trader::require_free(context.home, context.database(), desk.account_number(), names);
  const auto budgets = settle_budgets(context, desk.account(), schedules, command.budget);
  std::vector<trader::TradedSchedule> traded;
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    const auto& [row, contract] = schedules[i];
    auto options = options_of(context, command, row);
    options.command = "ctt trade --schedules " + names_of(schedules);
    options.paper = !command.live;
    options.account = desk.account_number();
    options.budget = budgets[i];
    options.takes_account = i == 0;
    auto& broker = desk.open(contract, budgets[i] ? AlpacaDesk::Share::ledger : AlpacaDesk::Share::account);
    traded.push_back({std::move(options), desk.feed(row.id, contract), broker});
  }
  auto alarms = watch_for_alarms(context);
  try {
    return run_trader(context, std::move(traded), account_limits(context.settings));
  } catch (...) {
    // Its last look may have claimed the alarm of this very end: nobody else would send it while we live.
    if (alarms) alarms->finish(std::chrono::seconds(10));
    alarms.reset();
    look_for_alarms(context);  // of the end of this trader nobody else may be there to tell
    throw;
  }
}

// A unit of systemd has one word to say whose trader it is.
bool wants_every(Context& context, const TradeRun& command) {
  return command.all || (command.schedules == std::vector<std::string>{"all"} &&
                         !store::schedules::find(context.database(), "all"));
}

std::vector<store::Schedule> wanted_schedules(Context& context, const TradeRun& command) {
  auto& database = context.database();
  if (command.schedules.empty() && !command.all)
    return {store::schedules::get_or_only(database, command.schedule)};
  if (command.schedule || (command.all && !command.schedules.empty()))
    throw Error(Failure::usage, "one of --schedule, --schedules and --all says what is traded")
        .fix("ctt trade --help");
  const bool every = wants_every(context, command);
  std::vector<store::Schedule> rows;
  for (const auto& name : every ? std::vector<std::string>() : command.schedules)
    rows.push_back(store::schedules::get(database, name));
  if (every) {
    rows = store::schedules::list(database);
    std::erase_if(rows, [](const auto& row) { return row.status == store::ScheduleState::idle; });
  }
  if (rows.empty()) throw Error(Failure::not_found, "there is no schedule to trade").fix("ctt schedule list");
  std::ranges::sort(rows, {}, &store::Schedule::id);
  const auto same = std::ranges::unique(rows, {}, &store::Schedule::id);
  rows.erase(same.begin(), same.end());
  return rows;
}

// Of several schedules of an instrument the one that traded it last goes on, or the first of them.
void leave_out_twins(Context& context, std::vector<ServedSchedule>& served) {
  const auto last_start = [&](const ServedSchedule& schedule) {
    const auto session = store::live_sessions::newest_with_account(context.database(), schedule.row.id);
    return session && session->symbol == schedule.contract.symbol ? session->started_at : base::Instant();
  };
  std::vector<ServedSchedule> kept;
  for (auto& schedule : served) {
    const auto twin = std::ranges::find(kept, schedule.contract.symbol,
                                        [](const auto& other) { return other.contract.symbol; });
    if (twin == kept.end()) {
      kept.push_back(std::move(schedule));
      continue;
    }
    if (last_start(schedule) > last_start(*twin)) std::swap(schedule, *twin);
    base::log()->error("schedule {} is left out: {} trades {} as well, and an account has one position in it",
                       schedule.row.id, twin->row.id, twin->contract.symbol);
  }
  served = std::move(kept);
}

// Where every schedule is wanted, one that cannot be traded is no reason to trade none.
std::vector<ServedSchedule> served_schedules(Context& context, const TradeRun& command) {
  const bool every = wants_every(context, command);
  std::vector<ServedSchedule> served;
  for (const auto& row : wanted_schedules(context, command)) {
    try {
      const auto contract = models::contract_of({context.database(), context.home, context.clock}, row);
      if (every && !store::deployments::desired(context.database(), row.id))
        throw Error(Failure::not_found, "it has no model to serve yet");
      served.push_back({row, contract});
    } catch (const Error& error) {
      if (!every || !models::is_models_fault(error)) throw;
      base::log()->error("schedule {} is left out: {}", row.id, error.what());
    }
  }
  if (every) leave_out_twins(context, served);
  if (served.empty())
    throw Error(Failure::not_found, "no schedule has a model to serve yet").fix("ctt schedule list");
  return served;
}

}  // namespace

int TradeRun::run(Context& context) const {
  if (costs && !replay) throw Error(Failure::usage, "--costs belongs to --replay").fix("ctt trade --help");
  if (live && replay) throw Error(Failure::usage, "a replay is never live").fix("ctt trade --help");
  if (!replay && !context.globals.dry_run) trader::make_room_to_start(context.home);
  const auto served = served_schedules(context, *this);
  if (served.size() > 1 && (replay || model))
    throw Error(Failure::usage, fmt::format("--{} is for one schedule", replay ? "replay" : "model"))
        .fix("ctt trade --schedule " + served.front().row.id);
  if (replay && !budget.empty())
    throw Error(Failure::usage, "--budget is for an account, a replay has --cash").fix("ctt trade --help");
  const auto& [row, contract] = served.front();
  return replay ? replay_candles(context, *this, row, contract) : trade_alpaca(context, *this, served);
}

}  // namespace ctt::cmd
