#include "cmd/trade/trade.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/service.h"
#include "base/signals.h"
#include "cmd/alpaca/alpaca.h"
#include "cmd/alpaca/alpaca_desk.h"
#include "cmd/datasets/open_source.h"
#include "cmd/notify/alarm_watch.h"
#include "cmd/shell/costs_option.h"
#include "cmd/shell/validators.h"
#include "cycle/fetch.h"
#include "market/csv.h"
#include "market/series.h"
#include "market/window.h"
#include "models/schedule_contract.h"
#include "schedule/control.h"
#include "store/models.h"
#include "trader/replay_feed.h"
#include "trader/simulated_broker.h"
#include "trader/trader.h"
#include "views/live.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void TradeRun::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "whose models it serves; may be left out when there is one")
      ->type_name("NAME");
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
  app.add_option("--max-drawdown", max_drawdown, "halt when equity falls this far below its peak")
      ->check(between(0, 100))
      ->type_name("PCT");
  app.add_option("--max-daily-loss", max_daily_loss, "halt when a day (UTC) has lost this much; 0: no limit")
      ->check(between(0, 100))
      ->type_name("PCT");
  app.add_option("--max-rejects", max_rejects, "only sell after so many refused orders in a row; 0: never")
      ->check(CLI::Range(0, 1000))
      ->type_name("N");
  app.add_option("--max-model-age", max_model_age, "buy nothing without newer training; 0s: never mind")
      ->type_name("DUR");
  app.add_option("--max-clock-skew", max_clock_skew, "buy nothing when the broker's clock is further off")
      ->type_name("DUR");
}

namespace {

constexpr std::string_view kDatasetPrefix = "dataset:";

market::CandleSeries dataset_candles(Context& context, const std::string& dataset, const TradeRun& command,
                                     std::size_t warm_up) {
  const auto row = store::datasets::get(context.database(), dataset);
  const auto key = row.series();
  const auto source = open_source(context, row);
  const auto newest = cycle::newest_bar(*source, key.timeframe, context.now());
  const auto available = source->available();
  market::TimeRange range{available ? available->first : newest, newest};
  if (!available && !command.from) throw Error(Failure::usage, "this dataset has no beginning; say --from");
  if (command.to) range.last = std::min(newest, key.timeframe.floor(base::parse_time(*command.to)));
  if (command.from)
    range.first = key.timeframe.floor(base::parse_time(*command.from)) -
                  key.timeframe.duration() * static_cast<long>(warm_up);
  if (available) range.first = std::max(range.first, available->first);
  return {key.symbol, key.timeframe, source->closed_candles(range)};
}

// The rows of a file from the warm-up before --from to --to.
market::CandleSeries file_candles(const std::string& file, const policy::Contract& contract,
                                  const TradeRun& command, std::size_t warm_up) {
  market::CandleSeries series{contract.symbol, contract.timeframe, market::read_csv(file)};
  auto& rows = series.candles;
  const auto distance = market::usual_distance(rows);
  if (distance.count() > 0 && distance != series.timeframe.duration()) {
    throw Error(Failure::data_blocked, fmt::format("{} has a bar every {}, the policy is for bars of {}",
                                                   file, base::to_words(distance), series.timeframe.name()));
  }
  if (command.to) {
    const auto last = series.timeframe.floor(base::parse_time(*command.to));
    std::erase_if(rows, [&](const market::Candle& candle) { return candle.open_time > last; });
  }
  if (command.from) {
    const auto first = series.timeframe.floor(base::parse_time(*command.from));
    const auto at =
        std::ranges::find_if(rows, [&](const market::Candle& candle) { return candle.open_time >= first; });
    const auto before = std::min<std::ptrdiff_t>(at - rows.begin(), static_cast<std::ptrdiff_t>(warm_up));
    rows.erase(rows.begin(), at - before);
  }
  return series;
}

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
  options.limits.max_position =
      command.max_position.value_or(context.settings.number("trade.max_position_usd"));
  options.limits.max_drawdown_fraction =
      command.max_drawdown.value_or(context.settings.number("trade.max_drawdown_pct")) / 100;
  return options;
}

void print_bar(Context& context, const trader::BarResult& result) {
  if (!result.decision) return;
  context.print_json(views::live_action(*result.decision));
}

std::string in_words(const trader::TradeReport& report) {
  const double pnl_pct = 100 * (report.loop.equity / report.initial_equity - 1);
  return fmt::format(
      "{} bars, {} decisions, {} trades, {} model swaps; equity {:.2f} ({}), deepest drawdown {:.2f} %, last "
      "served v{}{}",
      grouped(static_cast<long long>(report.loop.bars)),
      grouped(static_cast<long long>(report.loop.decisions)), report.loop.trades, report.swaps,
      report.loop.equity, signed_pct(pnl_pct), 100 * report.drawdown_fraction_max, report.model_version,
      report.halted ? ", halted" : "");
}

// The trader from its start to its end; the exit status.
int trade(Context& context, trader::Options options, trader::BarFeed& feed, trader::Broker& broker) {
  const auto schedule = options.schedule;
  options.on_ready = [&](const std::string& session) {
    base::notify_ready(fmt::format("trading schedule {}, session {}", schedule, session));
    if (!context.globals.quiet && !context.json())
      context.err << fmt::format("trading schedule {}, session {}\n", schedule, session);
  };
  if (context.json()) options.on_bar = [&](const trader::BarResult& result) { print_bar(context, result); };

  base::Watchdog watchdog;
  std::stop_source stop;
  options.on_turn = [&] {
    watchdog.alive();
    if (base::Signals::stop_count() > 0) stop.request_stop();
  };
  const auto report = trader::Trader(options, context.home, context.database(), feed, broker, context.clock)
                          .run(stop.get_token());
  if (context.json()) {
    context.out << report.json() << std::endl;
  } else {
    context.say(in_words(report));
  }
  return base::Signals::stop_count() > 0 ? 128 + base::Signals::stop_signal() : 0;
}

// What the schedule's cycles learn with; one of a version without costs has what its models were trained for.
market::Costs costs_of(const TradeRun& command, const store::Schedule& row,
                       const policy::Contract& contract) {
  if (command.costs) return market::parse_costs(*command.costs);
  return schedule::config_of(row).costs.value_or(contract.costs);
}

int replay_candles(Context& context, const TradeRun& command, const store::Schedule& row,
                   const policy::Contract& contract) {
  const std::size_t warm_up = contract.features.warm_up_rows() + contract.window_size - 1;
  const auto& replay = *command.replay;
  auto series = replay.starts_with(kDatasetPrefix)
                    ? dataset_candles(context, replay.substr(kDatasetPrefix.size()), command, warm_up)
                    : file_candles(replay, contract, command, warm_up);
  const auto costs = costs_of(command, row, contract);
  if (context.globals.dry_run) {
    return context.would(fmt::format("trade schedule {} over {} bars of {}, costs {}", row.id,
                                     series.candles.size(), series.symbol, market::costs_words(costs)));
  }
  if (!context.json()) context.say("costs " + market::costs_words(costs));
  trader::ReplayFeed feed(std::move(series), {.bars_per_second = command.speed, .factor = 0});
  trader::SimulatedBroker broker(command.cash, costs, environment::parse_fill(contract.fill));
  return trade(context, options_of(context, command, row), feed, broker);
}

int trade_alpaca(Context& context, const TradeRun& command, const store::Schedule& row,
                 const policy::Contract& contract) {
  if (command.from || command.to || command.speed > 0)
    throw Error(Failure::usage, "--from, --to and --speed belong to --replay").fix("ctt trade --help");
  if (context.globals.dry_run) {
    return context.would(fmt::format("trade schedule {} on {} of {}", row.id,
                                     command.live ? "the live account" : "the paper account",
                                     alpaca_endpoints(context.settings).trading_url));
  }
  AlpacaDesk desk(context, contract, {command.live, command.confirm});
  auto options = options_of(context, command, row);
  options.paper = !command.live;
  options.account = desk.broker.account_number();
  auto alarms = watch_for_alarms(context);
  try {
    return trade(context, std::move(options), desk.feed(context, row.id), desk.broker);
  } catch (...) {
    alarms.reset();
    look_for_alarms(context);  // of the end of this trader nobody else may be there to tell
    throw;
  }
}

}  // namespace

int TradeRun::run(Context& context) const {
  const auto row = store::schedules::get_or_only(context.database(), schedule);
  const auto contract = models::contract_of({context.database(), context.home, context.clock}, row);
  if (costs && !replay) throw Error(Failure::usage, "--costs belongs to --replay").fix("ctt trade --help");
  if (live && replay) throw Error(Failure::usage, "a replay is never live").fix("ctt trade --help");
  return replay ? replay_candles(context, *this, row, contract) : trade_alpaca(context, *this, row, contract);
}

}  // namespace ctt::cmd
