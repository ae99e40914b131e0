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

int show_session(Context& context, const std::string& schedule) {
  const auto row = store::schedules::get(context.readable_database(), schedule);
  const auto session = store::live_sessions::newest(context.readable_database(), schedule);
  if (!session)
    throw Error(Failure::not_found, fmt::format("no trader has served {} yet", schedule))
        .fix("ctt trade --schedule " + schedule);
  if (context.json()) {
    auto json = document("trade.status")
                    .field("running", false)
                    .field("schedule_id", schedule)
                    .field("session_id", session->id);
    json.field("state", store::name(row.trader_state)).field("state_reason", row.trader_state_reason);
    json.field("status", store::name(session->status))
        .field("equity", session->state.equity)
        .field("pnl_pct", session->pnl_pct());
    json.field("position", session->state.position_qty)
        .field("model_version", session->model_version)
        .field("message", session->message);
    json.raw_field("measured_costs", views::measured_costs_json(measured(context, schedule)));
    context.print_json(json.end());
    return 0;
  }
  context.out << fmt::format(
      "No trader of {} is running. Its newest session {} {}: equity {:.2f} ({}), {} bars, {} "
      "trades.\n",
      schedule, session->id, end_of(context, *session), session->state.equity, signed_pct(session->pnl_pct()),
      grouped(session->state.total_bars), session->state.total_trades);
  context.out << restriction_of(row);
  if (const auto costs = measured(context, schedule); costs.fills > 0)
    context.out << "Costs " << upkeep::text_of(costs) << ".\n";
  return 0;
}

}  // namespace

void TradeStatus::declare(CLI::App& app) { declare_verb(app, *this, false); }

int TradeStatus::run(Context& context) const {
  const auto id = store::schedules::get_or_only(context.readable_database(), schedule).id;
  const auto reply = ask_trader(context, id, "status");
  if (reply.outcome == wire::CallOutcome::nobody_listening) return show_session(context, id);
  if (!reply.ok()) throw trader::trader_refused(id, reply);
  if (context.json()) {
    auto json = document("trade.status").field("running", true).raw_field("trader", reply.body);
    json.raw_field("measured_costs", views::measured_costs_json(measured(context, id)));
    context.print_json(json.end());
  } else {
    print_running(context, reply.body);
    context.out << "  costs     " << upkeep::text_of(measured(context, id)) << "\n";
  }
  return 0;
}

}  // namespace ctt::cmd
