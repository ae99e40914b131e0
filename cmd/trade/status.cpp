#include "cmd/trade/status.h"

#include <fmt/format.h>

#include "base/error.h"
#include "schedule/liveness.h"
#include "store/live_sessions.h"
#include "store/schedules.h"
#include "trader/halt.h"
#include "upkeep/measured_costs.h"
#include "views/live.h"
#include "wire/client.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

namespace {

void print_running(Context& context, const std::string& body) {
  auto status = base::JsonValue::parse(body, "the trader's answer").as_object();
  const auto entry = status.find("entry_price");
  context.out << fmt::format("{}   {} {}   {} (pid {})\n", status.string("schedule_id"),
                             status.string("symbol"), status.string("timeframe"), status.string("state"),
                             status.integer("pid"));
  if (const auto reason = status.find("halt_reason"))
    context.out << fmt::format("  {:<9} {}\n", status.string("state"), reason->as_string());
  const auto barred = status.string("entries_blocked_by", "");
  if (!barred.empty() && barred != status.string("state"))
    context.out << fmt::format("  buys      nothing: {}\n", barred);
  if (const auto unread = status.find("books_unread_s"))
    context.out << fmt::format("  account   not read for {}\n",
                               base::to_words(std::chrono::seconds(static_cast<int>(unread->as_number()))));
  if (const auto refusals = status.integer("stream_refusals", 0); refusals > 0)
    context.out << fmt::format("  streams   refused {} times\n", refusals);
  if (const auto problem = status.find("flatten_problem"))
    context.out << fmt::format("  flatten   not done: {}\n", problem->as_string());
  context.out << fmt::format("  serves    v{}, hash {}, {} swaps\n", status.integer("model_version"),
                             status.string("sha256").substr(0, 8), status.integer("swaps"));
  context.out << fmt::format("  position  {:.8g}{}\n", status.number("position"),
                             entry ? fmt::format(" entered at {:.2f}", entry->as_number()) : "");
  context.out << fmt::format("  equity    {:.2f}, {:.2f} % below its peak\n", status.number("equity"),
                             status.number("drawdown_pct"));
  if (const auto budget = status.find("budget_usd"))
    context.out << fmt::format("  profit    {:+.2f} on a budget of {:.2f}: {:+.2f} realised, {:+.2f} open\n",
                               status.number("profit_usd"), budget->as_number(),
                               status.number("realised_profit_usd"), status.number("open_profit_usd"));
  context.out << fmt::format("  bars      {} ({} refused), {} decisions, {} trades, newest {}\n",
                             grouped(status.integer("bars")), status.integer("bars_refused"),
                             grouped(status.integer("decisions")), status.integer("trades"),
                             status.string("last_bar", "-"));
}

upkeep::MeasuredCosts measured(Context& context, const std::string& schedule) {
  return upkeep::measured_costs({context.readable_database(), context.home, context.clock}, schedule);
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
std::string restriction_of(const store::Schedule& row) {
  if (row.trader_state == store::TraderState::active) return "";
  return fmt::format("It is {}: {}. ctt trade resume --schedule {} releases it.\n",
                     store::name(row.trader_state), row.trader_state_reason.value_or("without a reason"),
                     row.id);
}

/// What is known of a schedule's trader: the running one's answer, or the newest session, or neither.
struct TraderView {
  store::Schedule row;
  std::optional<std::string> answer{};
  std::optional<store::LiveSession> session{};
  std::optional<std::string> problem{};  // a trader is there, and this is why it says nothing
};

TraderView look(Context& context, const store::Schedule& row) {
  TraderView view{row};
  const auto reply = ask_trader(context, row.id, "status");
  if (reply.outcome != wire::CallOutcome::nobody_listening) {
    if (!reply.ok()) throw trader::trader_refused(row.id, reply);
    view.answer = reply.body;
  } else {
    view.session = store::live_sessions::newest(context.readable_database(), row.id);
  }
  return view;
}

// Of several traders one that does not answer hides none of the others.
TraderView look_or_note(Context& context, const store::Schedule& row) {
  try {
    return look(context, row);
  } catch (const Error& error) {
    if (error.failure() != Failure::refused && error.failure() != Failure::unreachable) throw;
    TraderView view{row};
    view.session = store::live_sessions::newest(context.readable_database(), row.id);
    view.problem = error.what();
    return view;
  }
}

std::string json_of(Context& context, const TraderView& view) {
  base::JsonWriter json;
  json.object().field("schedule_id", view.row.id).field("running", view.answer.has_value());
  if (view.answer) json.raw_field("trader", *view.answer);
  if (view.problem) json.field("problem", *view.problem);
  if (const auto& session = view.session) {
    json.field("session_id", session->id).field("state", store::name(view.row.trader_state));
    json.field("state_reason", view.row.trader_state_reason).field("status", store::name(session->status));
    json.field("equity", session->state.equity).field("pnl_pct", session->pnl_pct());
    json.field("position", session->state.position_qty).field("model_version", session->model_version);
    json.field("message", session->message);
  }
  if (view.answer || view.session)
    json.raw_field("measured_costs", views::measured_costs_json(measured(context, view.row.id)));
  return json.end().text();
}

void print_session(Context& context, const TraderView& view) {
  const auto& schedule = view.row.id;
  const auto& session = view.session;
  if (!session)
    throw Error(Failure::not_found, fmt::format("no trader has served {} yet", schedule))
        .fix("ctt trade --schedule " + schedule);
  context.out << fmt::format(
      "No trader of {} is running. Its newest session {} {}: equity {:.2f} ({}), {} bars, {} "
      "trades.\n",
      schedule, session->id, end_of(context, *session), session->state.equity, signed_pct(session->pnl_pct()),
      grouped(session->state.total_bars), session->state.total_trades);
  context.out << restriction_of(view.row);
  if (const auto costs = measured(context, schedule); costs.fills > 0)
    context.out << "Costs " << upkeep::text_of(costs) << ".\n";
}

void print_one(Context& context, const TraderView& view) {
  if (!view.answer) return print_session(context, view);
  print_running(context, *view.answer);
  context.out << "  costs     " << upkeep::text_of(measured(context, view.row.id)) << "\n";
}

std::vector<std::string> row_of(const TraderView& view) {
  if (view.answer) {
    auto status = base::JsonValue::parse(*view.answer, "the trader's answer").as_object();
    return {view.row.id,
            status.string("symbol"),
            status.string("state"),
            fmt::format("{:.2f}", status.number("equity")),
            fmt::format("{:+.2f}", status.number("profit_usd", 0)),
            fmt::format("{:.2f} %", status.number("drawdown_pct")),
            fmt::format("{:.8g}", status.number("position")),
            fmt::format("v{}", status.integer("model_version"))};
  }
  const auto restricted = view.row.trader_state == store::TraderState::active
                              ? std::string()
                              : fmt::format("{}, ", store::name(view.row.trader_state));
  const auto state = restricted + (view.problem   ? "does not answer"
                                   : view.session ? "not running"
                                                  : "never ran");
  if (!view.session) return {view.row.id, "", state, "", "", "", "", ""};
  const auto& session = *view.session;
  return {view.row.id,
          session.symbol,
          state,
          fmt::format("{:.2f}", session.state.equity),
          fmt::format("{:+.2f}", session.pnl()),
          fmt::format("{:.2f} %", session.state.max_drawdown_pct),
          fmt::format("{:.8g}", session.state.position_qty),
          session.model_version ? fmt::format("v{}", *session.model_version) : ""};
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
  for (const auto& view : views) table.add(row_of(view));
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
    traders.push_back(look(context, store::schedules::get_or_only(context.readable_database(), schedule)));
    if (!traders.front().answer && !traders.front().session) print_session(context, traders.front());
  } else {
    for (const auto& row : schedules) traders.push_back(look_or_note(context, row));
  }
  if (context.json()) {
    auto json = document("trade.status").key("traders").array();
    for (const auto& trader : traders) json.raw(json_of(context, trader));
    context.print_json(json.end().end());
  } else if (traders.size() == 1) {
    print_one(context, traders.front());
  } else {
    print_all(context, traders);
  }
  return 0;
}

}  // namespace ctt::cmd
