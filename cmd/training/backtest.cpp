#include "cmd/training/backtest.h"

#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "cmd/datasets/asked_range.h"
#include "cmd/datasets/open_source.h"
#include "cmd/shell/costs_option.h"
#include "cmd/shell/output.h"
#include "cmd/shell/validators.h"
#include "cycle/fetch.h"
#include "evaluation/backtest.h"
#include "evaluation/break_even.h"
#include "market/csv.h"
#include "market/window.h"
#include "store/experiments.h"
#include "store/models.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void Backtest::declare(CLI::App& app) {
  auto* by_model = app.add_option("--model", model, "v42, the beginning of a hash, @live, @previous or @base")
                       ->type_name("MODEL");
  app.add_option("--experiment", experiment, "the checkpoint of a training run")
      ->excludes(by_model)
      ->type_name("EXP");
  app.add_option("--schedule", schedule, "whose @live, @previous or @base is meant")->type_name("NAME");
  auto* by_dataset = app.add_option("--dataset", dataset, "candles of a dataset")->type_name("DATASET");
  app.add_option("--candles-file", candles_file, "candles of a csv file")
      ->excludes(by_dataset)
      ->type_name("FILE");
  app.add_option("--from", from, "first bar that counts")->type_name("TIME");
  app.add_option("--to", to, "last bar")->type_name("TIME");
  declare_costs(app, costs, "what a trade costs; default: what the model was trained for");
  app.add_option("--fees", fees, "that many times these costs: x1, x1.5, x2, x0")
      ->capture_default_str()
      ->type_name("xN");
  app.add_option("--cash", cash, "at the beginning")
      ->check(positive())
      ->capture_default_str()
      ->type_name("USD");
  app.add_option("--trades", trades, "write every trade to this csv file")->type_name("FILE");
}

namespace {

double multiple_of(const std::string& fees) {
  double multiple = -1;
  if (fees.starts_with("x")) {
    const auto* end = fees.data() + fees.size();
    if (std::from_chars(fees.data() + 1, end, multiple).ptr != end) multiple = -1;
  }
  if (multiple < 0 || !std::isfinite(multiple))
    throw Error(Failure::usage, fmt::format("--fees must be x and a number, such as x1.5, not \"{}\"", fees));
  return multiple;
}

std::shared_ptr<const policy::Policy> load(Context& context, const Backtest& command) {
  auto& database = context.database();
  if (command.experiment) {
    const auto row = store::experiments::get(database, *command.experiment);
    if (!row.checkpoint_sha256) {
      throw Error(Failure::not_found, fmt::format("experiment {} has no checkpoint", row.name))
          .why(row.message.value_or(""))
          .fix("ctt experiments show " + row.id);
    }
    return policy::Policy::load(context.home.model(*row.checkpoint_sha256), *row.checkpoint_sha256);
  }
  if (!command.model)
    throw Error(Failure::usage, "say which policy: --model or --experiment").fix("ctt models list");
  const auto row = store::models::get(database, *command.model, command.schedule);
  return policy::Policy::load(context.home.model(row.sha256), row.sha256);
}

market::CandleSeries candles_of(Context& context, const Backtest& command, const policy::Contract& contract,
                                std::size_t warm_up) {
  if (command.candles_file)
    return {contract.symbol, contract.timeframe, market::read_csv(*command.candles_file)};
  if (!command.dataset)
    throw Error(Failure::usage, "say which candles: --dataset or --candles-file").fix("ctt datasets list");
  const auto row = store::datasets::get(context.database(), *command.dataset);
  const auto key = row.series();
  if (key.symbol != contract.symbol || key.timeframe != contract.timeframe) {
    throw Error(Failure::refused,
                fmt::format("dataset {} has {} {}, and the model was trained on {} {}", row.id, key.symbol,
                            key.timeframe.name(), contract.symbol, contract.timeframe.name()));
  }
  const auto source = open_source(context, row);
  const auto range = asked_range(context, row, *source, {command.from, command.to, warm_up});
  // A dry run asks its source too, and keeps nothing of the answer.
  if (context.globals.dry_run) return {key.symbol, key.timeframe, source->closed_candles(range)};
  cycle::fetch(context.database(), *source, key, range, context.clock);
  return store::candles::range(context.database(), key, range);
}

// Rows after --to go; a file may hold more than was asked for.
void cut(market::CandleSeries& series, const Backtest& command) {
  if (!command.to) return;
  const auto last = series.timeframe.floor(base::parse_time(*command.to));
  std::erase_if(series.candles, [&](const market::Candle& candle) { return candle.open_time > last; });
}

void write_trades(const std::string& file, const evaluation::BacktestReport& report) {
  std::string text = "decided_at,side,price,quantity,cash,commission\n";
  for (const auto& fill : report.fills) {
    text += fmt::format("{},{},{},{},{},{}\n", base::to_rfc3339(fill.decided_at),
                        fill.trade.side == environment::Side::buy ? "buy" : "sell", fill.trade.price,
                        fill.trade.quantity, fill.trade.cash, fill.trade.commission);
  }
  require_place(file);
  base::write_file_atomically(std::filesystem::absolute(file), text, 0644);
}

constexpr double kMultiples[] = {0, 1, 1.5, 2};

// The same backtest at other costs.
struct AtCosts {
  double multiple = 0;
  evaluation::BacktestReport report;
};

struct CostTable {
  std::vector<AtCosts> rows;
  evaluation::BreakEven break_even;
};

CostTable cost_table(const policy::Policy& policy, const std::shared_ptr<const environment::MarketData>& data,
                     evaluation::BacktestOptions options) {
  CostTable table;
  table.break_even = evaluation::break_even(policy, data, options);
  for (const double multiple : kMultiples) {
    options.cost_multiple = multiple;
    table.rows.push_back({multiple, evaluation::backtest(policy, data, options)});
  }
  return table;
}

void add_cost_table(base::JsonWriter& json, const CostTable& table) {
  json.key("cost_table").array();
  for (const auto& [multiple, report] : table.rows) {
    json.object().field("multiple", multiple).raw_field("costs", market::costs_json(report.costs));
    json.field("pnl_pct", report.pnl_pct);
    json.field("fees", report.fees)
        .field("spread_paid", report.spread_paid)
        .field("trades", report.trades)
        .end();
  }
  json.end().key("break_even").object().field("multiple", table.break_even.multiple);
  json.field("side_bp", table.break_even.side_bp);
  const auto& reason = table.break_even.reason;
  json.field("reason", reason.empty() ? std::nullopt : std::optional(reason)).end();
}

std::string text_of(const evaluation::BreakEven& found) {
  if (!found.reason.empty()) return fmt::format("break-even none: {}", found.reason);
  const auto bp = fmt::format("{:.1f} bp a side", *found.side_bp);
  return found.multiple ? fmt::format("break-even at {:.2f} times these costs, {}", *found.multiple, bp)
                        : "break-even at " + bp;
}

std::string text_of(const CostTable& costs, const Terminal& terminal) {
  Table table(
      {{"COSTS"}, {"A SIDE", true}, {"RESULT", true}, {"FEES", true}, {"SPREAD", true}, {"TRADES", true}});
  for (const auto& [multiple, report] : costs.rows) {
    table.add({fmt::format("x{}", multiple), fmt::format("{:.1f} bp", 1e4 * report.costs.side()),
               signed_pct(report.pnl_pct), fmt::format("{:.2f}", report.fees),
               fmt::format("{:.2f}", report.spread_paid), fmt::format("{}", report.trades)});
  }
  return table.text(terminal) + text_of(costs.break_even) + "\n";
}

base::JsonWriter json_of(const policy::Policy& policy, const evaluation::BacktestReport& report,
                         const CostTable& costs, bool seen) {
  auto json = document("backtest")
                  .field("sha256", policy.sha256())
                  .field("first", report.first)
                  .field("last", report.last);
  json.field("bars", report.bars)
      .field("seen_in_training", seen)
      .field("data_seen_until", policy.lineage().data_seen_until);
  json.field("initial_cash", report.initial_cash)
      .field("net_worth", report.net_worth)
      .field("pnl", report.pnl)
      .field("pnl_pct", report.pnl_pct);
  json.field("hold_pct", report.hold_pct)
      .field("flat_pct", 0.0)
      .field("fees", report.fees)
      .field("spread_paid", report.spread_paid)
      .field("max_drawdown_pct", report.max_drawdown_pct);
  json.raw_field("costs", market::costs_json(report.costs));
  json.field("sharpe", report.sharpe)
      .field("trades", report.trades)
      .field("buys", report.buys)
      .field("sells", report.sells)
      .field("holds", report.holds);
  add_cost_table(json, costs);
  return json.end();
}

}  // namespace

int Backtest::run(Context& context) const {
  if (trades) require_place(*trades);
  const auto policy = load(context, *this);
  const auto& contract = policy->contract();
  const auto warm_up = contract.features.warm_up_rows();
  auto series = candles_of(context, *this, contract, warm_up + contract.window_size);
  cut(series, *this);
  const auto checked = market::check_candles(series, market::DefectPolicies());
  auto data =
      environment::MarketData::make(contract.features, checked.series.candles, warm_up, contract.window_size);
  const auto first = from ? series.timeframe.floor(base::parse_time(*from)) : base::Seconds{};
  evaluation::BacktestOptions options{
      .first = first, .cost_multiple = multiple_of(fees), .initial_cash = cash};
  options.costs = costs ? market::parse_costs(*costs) : contract.costs;
  const auto report = evaluation::backtest(*policy, data, options);
  const auto at_costs = cost_table(*policy, data, options);
  const bool seen = policy->lineage().data_seen_until.empty() ||
                    report.first <= base::parse_time(policy->lineage().data_seen_until);
  if (trades && !context.globals.dry_run) write_trades(*trades, report);
  if (context.json()) {
    context.print_json(json_of(*policy, report, at_costs, seen));
    return 0;
  }
  context.out << fmt::format("{} .. {} UTC   {} bars of {} {}   model {}\n", base::to_minute(report.first),
                             base::to_minute(report.last), grouped(static_cast<long long>(report.bars)),
                             contract.symbol, contract.timeframe.name(), policy->sha256().substr(0, 8));
  Table table({{""}, {"RESULT", true}, {"NET WORTH", true}});
  table.add({"model", signed_pct(report.pnl_pct), fmt::format("{:.2f}", report.net_worth)}, Style::bold);
  table.add({"flat", signed_pct(0), fmt::format("{:.2f}", report.initial_cash)});
  table.add({"hold", signed_pct(report.hold_pct),
             fmt::format("{:.2f}", report.initial_cash * (1 + report.hold_pct / 100))});
  context.out
      << table.text(context.terminal)
      << fmt::format(
             "{} trades, fees {:.2f}, spread {:.2f}, deepest drawdown {:.2f} %, Sharpe {:.3f} per bar\n"
             "costs {}, {}, {}\n",
             report.trades, report.fees, report.spread_paid, report.max_drawdown_pct, report.sharpe, fees,
             market::costs_words(*options.costs), costs ? "as asked" : "which the model was trained for")
      << text_of(at_costs, context.terminal);
  if (seen) {
    context.out << context.terminal.paint(
        Style::warning,
        fmt::format("! the model has learned from bars up to {}: this is no out-of-sample result\n",
                    policy->lineage().data_seen_until));
  }
  return 0;
}

}  // namespace ctt::cmd
