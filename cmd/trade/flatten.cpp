#include "cmd/trade/flatten.h"

#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "base/signals.h"
#include "cmd/alpaca/alpaca_desk.h"
#include "models/schedule_contract.h"
#include "store/live_sessions.h"
#include "store/schedules.h"
#include "trader/halt.h"
#include "trader/idle_feed.h"
#include "trader/trader.h"
#include "trader/trader_session.h"
#include "wire/client.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

namespace {

// A trader holds its lock this long before it listens.
constexpr std::chrono::seconds kStartsWithin{60};

// A trader whose database is locked, or that loads a model, is no trader that is gone.
constexpr std::chrono::minutes kAnswersWithin{5};

/// How a flatten stands.
struct Flattened {
  double position = 0;
  std::string state{};
  bool wanted = false;        // it has not come to its end
  bool left_to_sell = false;  // the position is worth an order
  std::string problem{};      // what keeps it from its end
};

Flattened read_answer(const std::string& body) {
  auto status = base::JsonValue::parse(body, "the trader's answer").as_object();
  return {.position = status.number("position"),
          .state = status.string("state"),
          .wanted = status.boolean("flattening", false),
          .left_to_sell = status.boolean("left_to_sell", false),
          .problem = status.string("flatten_problem", "")};
}

// The trader's answer; nothing when no trader runs. One that is busy is asked again.
std::optional<Flattened> ask(Context& context, const std::string& schedule, const std::string& op,
                             const std::string& reason) {
  const auto until = std::chrono::steady_clock::now() + kAnswersWithin;
  for (bool told = false;; told = true) {
    const auto reply =
        wire::ask(context.home.trader_socket(schedule), {.op = op, .sha256 = "", .reason = reason, .id = 1},
                  context.settings.duration("timeout"));
    if (reply.outcome == wire::CallOutcome::nobody_listening) return std::nullopt;
    if (reply.ok()) return read_answer(reply.body);
    const bool silent = reply.outcome == wire::CallOutcome::timed_out;
    if (!silent || std::chrono::steady_clock::now() >= until || base::Signals::stop_count() > 0)
      throw trader::trader_refused(context.home, schedule, reply);
    if (!told)
      context.err << fmt::format("The trader of {} does not answer; it is asked for {} more minutes.\n",
                                 schedule, kAnswersWithin.count());
  }
}

// Asks the trader until it has sold, for as long as that takes, or until a signal comes. Nothing when no
// trader runs, or none any more.
std::optional<Flattened> flatten_running(Context& context, const std::string& schedule,
                                         const std::string& reason) {
  auto now = ask(context, schedule, "flatten", reason);
  while (now && now->wanted && base::Signals::stop_count() == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    now = ask(context, schedule, "status", "");
  }
  return now;
}

// Nobody trades: on the account that was traded last, or, where it was a simulated one, nowhere.
Flattened flatten_alone(Context& context, const store::Schedule& row, const policy::Contract& contract,
                        const std::string& reason) {
  auto& database = context.database();
  const auto session = store::live_sessions::newest_with_account(database, row.id);
  if (!session) {
    store::Transaction change(database);
    store::schedules::halt_trader(change, row.id, reason, context.now());
    change.commit();
    return {.state = "halted"};
  }
  {
    // Before anything can fail: whoever trades next goes on with it.
    store::Transaction change(database);
    store::schedules::request_flatten(change, row.id, reason, context.now());
    change.commit();
  }
  AlpacaDesk desk(context, {.live = !session->paper, .account = session->account, .patient = true});
  // With the ledger as it was left: what is to be sold does not wait for budgets that do not add up.
  const auto budget = trader::budget_of(*session);
  auto& broker = desk.open(contract, budget ? AlpacaDesk::Share::ledger : AlpacaDesk::Share::account);
  trader::IdleFeed feed;
  std::stop_source stop;
  trader::Options options;
  options.schedule = row.id;
  options.command = "ctt trade flatten";
  options.flatten = reason;
  options.paper = session->paper;
  options.account = desk.account_number();
  options.budget = budget;
  options.takes_account = false;
  options.on_turn = [&] {
    if (base::Signals::stop_count() > 0) stop.request_stop();
  };
  const auto report =
      trader::Trader(options, context.home, database, feed, broker, context.clock).run(stop.get_token());
  return {.position = report.loop.position,
          .state = report.halted ? "halted" : "reducing",
          .wanted = report.flattening,
          .left_to_sell = report.loop.left_to_sell,
          .problem = report.loop.flatten_problem};
}

// By whoever can: a trader that stops halfway leaves it to this command, one that starts takes it over.
Flattened flatten(Context& context, const store::Schedule& row, const policy::Contract& contract,
                  const std::string& reason, bool& trader_running) {
  const auto until = std::chrono::steady_clock::now() + kStartsWithin;
  while (true) {
    if (const auto now = flatten_running(context, row.id, reason)) {
      trader_running = true;
      return *now;
    }
    try {
      trader_running = false;
      return flatten_alone(context, row, contract, reason);
    } catch (const Error& error) {
      const bool starting = error.failure() == Failure::busy && std::chrono::steady_clock::now() < until;
      if (!starting || base::Signals::stop_count() > 0) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

void require_done(const Flattened& now, const std::string& symbol, bool trader_running) {
  if (!now.wanted && !now.left_to_sell) return;
  const auto left = fmt::format("{:.9g} {} are left", now.position, symbol);
  const auto why = now.problem.empty() ? "" : fmt::format(" ({})", now.problem);
  if (!now.wanted)
    throw Error(Failure::refused, left + ": the flatten was taken back").fix("ctt trade status");
  throw Error(Failure::refused,
              fmt::format("{}{}; {}", left, why,
                          trader_running ? "the trader goes on selling" : "the next trader goes on selling"))
      .fix(trader_running ? "ctt trade orders" : "ctt trade flatten --confirm " + symbol);
}

}  // namespace

void TradeFlatten::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "whose trader; may be left out when there is one schedule")
      ->type_name("NAME");
  app.add_option("--confirm", confirm, "the symbol whose position is to be sold")
      ->required()
      ->type_name("SYMBOL");
  app.add_option("--reason", reason, "kept with the halt")->type_name("TEXT");
}

int TradeFlatten::run(Context& context) const {
  if (!context.globals.dry_run) trader::make_room_to_start(context.home);
  const auto row = store::schedules::get_or_only(context.database(), schedule);
  const auto contract = models::contract_of({context.database(), context.home, context.clock}, row);
  if (confirm != contract.symbol) {
    throw Error(Failure::usage,
                fmt::format("schedule {} trades {}, not \"{}\"", row.id, contract.symbol, confirm))
        .fix("ctt trade flatten --confirm " + contract.symbol);
  }
  if (context.globals.dry_run)
    return context.would(fmt::format("sell the position of {} in {}, then halt", row.id, contract.symbol));
  const auto because = reason.value_or("flattened by the operator");
  bool trader_running = false;
  const auto now = flatten(context, row, contract, because, trader_running);
  if (context.json()) {
    context.print_json(document("trade.flatten")
                           .field("schedule_id", row.id)
                           .field("state", now.state)
                           .field("position", now.position)
                           .field("finished", !now.wanted && !now.left_to_sell)
                           .field("problem", now.problem.empty() ? std::nullopt : std::optional(now.problem))
                           .field("trader_running", trader_running)
                           .end());
  }
  require_done(now, contract.symbol, trader_running);
  if (!context.json())
    context.say(fmt::format("The trader of {} is {}; {:.9g} {} are left.", row.id, now.state, now.position,
                            contract.symbol));
  return 0;
}

}  // namespace ctt::cmd
