#include "cmd/trade/status.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/shell/counted.h"
#include "cmd/trade/trader_view.h"
#include "schedule/liveness.h"
#include "schedule/trade_command.h"
#include "store/live_sessions.h"
#include "store/schedules.h"
#include "trader/trader_session.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

namespace {

// `BTC` and `USD` of BTC/USD.
std::pair<std::string, std::string> currencies_of(const std::string& symbol) {
  const auto slash = symbol.find('/');
  if (slash == std::string::npos) return {symbol, ""};
  return {symbol.substr(0, slash), symbol.substr(slash + 1)};
}

void print_replay_beside(Context& context, const TraderView& view) {
  if (!view.replay || view.is_replay()) return;
  context.out << fmt::format("A replay of {} runs ({}) and serves v{}; nothing of it is on an account.\n",
                             view.row.id, view.replay->id, view.replay->model_version.value_or(0));
}

void print_running(Context& context, const TraderView& view) {
  auto status = view.answered();
  const auto entry = status.find("entry_price");
  context.out << fmt::format("{}   {} {}   {}{} (pid {})\n", status.string("schedule_id"),
                             status.string("symbol"), status.string("timeframe"), status.string("state"),
                             view.is_replay() ? ", a replay" : "", status.integer("pid"));
  if (const auto reason = status.find("halt_reason"))
    context.out << fmt::format("  {:<9} {}\n", status.string("state"), reason->as_string());
  const auto barred = status.string("entries_blocked_by", "");
  if (!barred.empty() && barred != status.string("state"))
    context.out << fmt::format("  buys      nothing: {}\n", barred);
  if (const auto unread = status.find("books_unread_s"))
    context.out << fmt::format("  account   not read for {}{}\n",
                               base::to_words(std::chrono::seconds(static_cast<int>(unread->as_number()))),
                               status.boolean("keys_refused", false) ? ": the broker refuses the keys" : "");
  if (const auto refusals = status.integer("stream_refusals", 0); refusals > 0)
    context.out << fmt::format("  streams   refused {}\n", counted(refusals, "time"));
  if (const auto problem = status.find("flatten_problem"))
    context.out << fmt::format("  flatten   not done: {}\n", problem->as_string());
  context.out << fmt::format("  serves    v{}, hash {}, {}\n", status.integer("model_version"),
                             status.string("sha256").substr(0, 8), counted(status.integer("swaps"), "swap"));
  const auto [coin, money] = currencies_of(status.string("symbol"));
  context.out << fmt::format("  position  {:.8g} {}{}\n", status.number("position"), coin,
                             entry ? fmt::format(" entered at {:.2f}", entry->as_number()) : "");
  context.out << fmt::format("  equity    {:.2f} {}, {:.2f} % below its peak\n", status.number("equity"),
                             money, status.number("drawdown_pct"));
  if (const auto budget = status.find("budget_usd"))
    context.out << fmt::format("  profit    {:+.2f} on a budget of {:.2f}: {:+.2f} realised, {:+.2f} open\n",
                               status.number("profit_usd"), budget->as_number(),
                               status.number("realised_profit_usd"), status.number("open_profit_usd"));
  if (const auto cash = status.find("cash_of_no_schedule"))
    context.out << fmt::format("  beside    {:.2f} USD of the account are of no schedule\n",
                               cash->as_number());
  if (const auto median = status.find("decision_us_p50"))
    context.out << fmt::format(
        "  decides   in {:.2f} ms, 99 of 100 in {:.2f} ms, at most {:.2f} ms, of the newest 1,000\n",
        median->as_number() / 1000, status.number("decision_us_p99") / 1000,
        status.number("decision_us_max") / 1000);
  context.out << fmt::format("  bars      {} ({} refused), {}, {}, newest {}\n",
                             grouped(status.integer("bars")), status.integer("bars_refused"),
                             counted(status.integer("decisions"), "decision"),
                             counted(status.integer("trades"), "trade"), status.string("last_bar", "-"));
}

// A process that was killed left a row that says running.
std::string end_of(const Context& context, const store::LiveSession& session) {
  if (session.status == store::SessionStatus::running)
    return schedule::is_alive(context.home, session)
               ? "is starting or ending"
               : fmt::format("was left by its process (pid {}), which is gone", session.pid);
  return fmt::format("ended {} ({})",
                     context.terminal.moment(session.stopped_at.value_or(session.started_at), context.now()),
                     session.message.value_or(std::string(store::name(session.status))));
}

// What an operator or the breaker said holds for the next trader too.
std::string restriction_of(Context& context, const store::Schedule& row) {
  if (row.flatten_reason)
    return fmt::format(
        "Its position is to be sold ({}) and is not yet. {} goes on with it, ctt trade resume --schedule {} "
        "takes it back.\n",
        *row.flatten_reason, schedule::trade_command(context.readable_database(), row.id), row.id);
  if (row.trader_state == store::TraderState::active) return "";
  return fmt::format("It is {}: {}. ctt trade resume --schedule {} releases it.\n",
                     store::name(row.trader_state), row.trader_state_reason.value_or("without a reason"),
                     row.id);
}

void print_session(Context& context, const TraderView& view) {
  const auto& schedule = view.row.id;
  const auto& session = view.session;
  if (!session) {
    context.out << fmt::format("No trader has served {} yet.\n", schedule)
                << restriction_of(context, view.row);
    return;
  }
  const auto [coin, money] = currencies_of(session->symbol);
  const auto budget = trader::budget_of(*session);
  context.out << fmt::format(
      "No trader of {} is running. Its newest session {} {}: {:.8g} {}, equity {:.2f} {} ({}), {}, {}.\n",
      schedule, session->id, end_of(context, *session), session->state.position_qty, coin,
      session->state.equity, money,
      budget ? fmt::format("{:+.2f} on a budget of {:.2f}", profit_of(*session), *budget)
             : signed_pct(session->pnl_pct()),
      counted(session->state.total_bars, "bar"), counted(session->state.total_trades, "trade"));
  print_replay_beside(context, view);
  context.out << restriction_of(context, view.row);
  if (const auto costs = measured_costs(context, schedule); costs.fills > 0)
    context.out << "Costs " << upkeep::text_of(costs) << ".\n";
}

void print_one(Context& context, const TraderView& view) {
  if (!view.answer) return print_session(context, view);
  print_running(context, view);
  print_replay_beside(context, view);
  context.out << "  costs     " << upkeep::text_of(measured_costs(context, view.row.id)) << "\n";
}

void print_all(Context& context, const std::vector<TraderView>& views) {
  Table table({{"SCHEDULE"},
               {"SYMBOL"},
               {"STATE"},
               {"EQUITY", true},
               {"PROFIT", true},
               {"DRAWDOWN", true},
               {"POSITION", true},
               {"MODEL"}});
  for (const auto& view : views) {
    const auto shown = figures_of(view);
    table.add({view.row.id, shown.symbol, shown.state, shown.equity, shown.profit, shown.drawdown,
               shown.position, shown.model});
  }
  context.out << table.text(context.terminal);
}

}  // namespace

void TradeStatus::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "whose trader; default: all of them")->type_name("NAME");
}

int TradeStatus::run(Context& context) const {
  std::vector<TraderView> traders;
  const auto schedules = store::schedules::list(context.readable_database());
  if (schedule || schedules.size() < 2) {
    const auto row = store::schedules::get_or_only(context.readable_database(), schedule);
    traders.push_back(view_trader(context, row));
    // A halt that waits for the first trader is an answer.
    if (!traders.front().ever_ran() && row.trader_state == store::TraderState::active)
      throw Error(Failure::not_found, fmt::format("no trader has served {} yet", row.id))
          .fix("ctt trade --schedule " + row.id);
  } else {
    for (const auto& row : schedules)
      traders.push_back(view_trader_or_problem(context, row, kTraderPatience));
  }
  if (context.json()) {
    auto json = document("trade.status").key("traders").array();
    for (const auto& trader : traders) json.raw(trader_json(context, trader));
    context.print_json(json.end().end());
  } else if (traders.size() == 1) {
    print_one(context, traders.front());
  } else {
    print_all(context, traders);
  }
  return 0;
}

}  // namespace ctt::cmd
