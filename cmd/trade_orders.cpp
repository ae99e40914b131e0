#include "cmd/trade_orders.h"

#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/alpaca_desk.h"
#include "store/live_orders.h"
#include "store/live_sessions.h"
#include "store/schedules.h"
#include "trader/idle_feed.h"
#include "trader/trader.h"
#include "wire/client.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

namespace {

constexpr std::chrono::seconds kFlatWithin{60};

std::string amount(const store::LiveOrder& order) {
  if (order.quantity) return fmt::format("{:.9g}", *order.quantity);
  return order.notional ? fmt::format("{:.2f} USD", *order.notional) : "-";
}

void print_orders(Context& context, const std::vector<store::LiveOrder>& orders) {
  auto json = document("trade.orders").key("items").array();
  for (const auto& row : orders) {
    json.object().field("client_order_id", row.client_order_id).field("broker_order_id", row.broker_order_id);
    json.field("bar", row.bar_open_time ? std::optional(base::to_rfc3339(*row.bar_open_time)) : std::nullopt);
    json.field("symbol", row.symbol).field("side", store::name(row.side)).field("type", row.type);
    json.field("quantity", row.quantity).field("notional", row.notional);
    json.field("status", store::name(row.status)).field("filled_quantity", row.filled_quantity);
    json.field("filled_price_avg", row.filled_price_avg).field("model_version", row.model_version);
    json.field("message", row.message).field("created_at", base::to_rfc3339(row.created_at));
    json.field("updated_at", base::to_rfc3339(row.updated_at)).end();
  }
  context.print_json(json.end().end());
}

struct Left {
  double position = 0;
  std::string state;
};

// Asks the trader until it has sold; nothing when no trader runs.
std::optional<Left> flatten_running(Context& context, const std::string& schedule,
                                    const std::string& reason) {
  const auto socket = context.home.trader_socket(schedule);
  const auto patience = context.settings.duration("timeout");
  const auto until = std::chrono::steady_clock::now() + kFlatWithin;
  auto reply = wire::ask(socket, {.op = "flatten", .sha256 = "", .reason = reason, .id = 1}, patience);
  while (true) {
    if (reply.outcome == wire::Outcome::nobody_listening) return std::nullopt;
    if (reply.outcome == wire::Outcome::refused)
      throw Error(Failure::refused, fmt::format("the trader of {} refused: {}", schedule, reply.message));
    if (!reply.ok())
      throw Error(Failure::unreachable, fmt::format("the trader of {} did not answer in time", schedule))
          .fix("ctt trade status");
    auto status = base::JsonValue::parse(reply.body, "the trader's answer").as_object();
    if (!status.boolean("flattening", false)) return Left{status.number("position"), status.string("state")};
    if (std::chrono::steady_clock::now() >= until) {
      throw Error(
          Failure::unreachable,
          fmt::format("the trader of {} has not sold yet; it buys nothing and goes on trying", schedule))
          .fix("ctt trade orders");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    reply = wire::ask(socket, {.op = "status", .sha256 = "", .reason = "", .id = 1}, patience);
  }
}

// Nobody trades: on the account that was traded last, or, where it was a simulated one, nowhere.
Left flatten_alone(Context& context, const store::Schedule& row, const policy::Contract& contract,
                   const std::string& reason) {
  auto& database = context.database();
  const auto session = store::live_sessions::newest(database, row.id);
  if (!session || session->account.empty()) {
    store::Transaction change(database);
    store::schedules::halt_trader(change, row.id, reason, context.now());
    change.commit();
    return {0, "halted"};
  }
  AlpacaDesk desk(context, contract, {!session->paper, session->account});
  trader::IdleFeed feed;
  trader::Options options;
  options.schedule = row.id;
  options.command = "ctt trade flatten";
  options.flatten = reason;
  options.paper = session->paper;
  options.account = desk.broker.account_number();
  const auto report =
      trader::Trader(options, context.home, database, feed, desk.broker, context.clock).run({});
  return {report.loop.position, report.halted ? "halted" : "reducing"};
}

}  // namespace

void TradeOrders::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "whose trader; may be left out when there is one schedule")
      ->type_name("NAME");
  app.add_option("--limit", limit, "rows at the most")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str()
      ->type_name("N");
}

int TradeOrders::run(Context& context) const {
  auto& database = context.readable_database();
  const auto id = store::schedules::get_or_only(database, schedule).id;
  auto orders = store::live_orders::list(database, id, limit);
  std::ranges::reverse(orders);
  if (context.json()) {
    print_orders(context, orders);
    return 0;
  }
  Table table({{"SENT"},
               {"SIDE"},
               {"AMOUNT", true},
               {"STATUS"},
               {"FILLED", true},
               {"PRICE", true},
               {"MODEL"},
               {"NOTE"}});
  for (const auto& row : orders) {
    table.add({base::to_minute(row.created_at), std::string(store::name(row.side)), amount(row),
               std::string(store::name(row.status)), fmt::format("{:.9g}", row.filled_quantity),
               row.filled_price_avg ? fmt::format("{:.2f}", *row.filled_price_avg) : "-",
               row.model_version ? fmt::format("v{}", *row.model_version) : "-", row.message.value_or("-")});
  }
  context.out << table.text(context.terminal);
  return 0;
}

void TradeFlatten::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "whose trader; may be left out when there is one schedule")
      ->type_name("NAME");
  app.add_option("--confirm", confirm, "the symbol whose position is to be sold")
      ->required()
      ->type_name("SYMBOL");
  app.add_option("--reason", reason, "kept with the halt")->type_name("TEXT");
}

int TradeFlatten::run(Context& context) const {
  const auto row = store::schedules::get_or_only(context.database(), schedule);
  const auto contract = trader::contract_of(context.database(), context.home, row);
  if (confirm != contract.symbol) {
    throw Error(Failure::usage,
                fmt::format("schedule {} trades {}, not \"{}\"", row.id, contract.symbol, confirm))
        .fix("ctt trade flatten --confirm " + contract.symbol);
  }
  if (context.globals.dry_run)
    return context.would(fmt::format("sell the position of {} in {}, then halt", row.id, contract.symbol));
  const auto because = reason.value_or("flattened by the operator");
  const auto asked = flatten_running(context, row.id, because);
  const auto left = asked ? *asked : flatten_alone(context, row, contract, because);
  if (context.json()) {
    context.print_json(document("trade.flatten")
                           .field("schedule_id", row.id)
                           .field("state", left.state)
                           .field("position", left.position)
                           .field("trader_running", asked.has_value())
                           .end());
  } else {
    context.say(fmt::format("The trader of {} is {}; {:.9g} {} are left.", row.id, left.state, left.position,
                            contract.symbol));
  }
  return 0;
}

}  // namespace ctt::cmd
