#include "cmd/trade/orders.h"

#include <fmt/format.h>

#include "cmd/shell/csv_rows.h"
#include "cmd/shell/validators.h"
#include "store/live_orders.h"
#include "store/schedules.h"

namespace ctt::cmd {

namespace {

std::string amount(const store::LiveOrder& order) {
  if (order.quantity) return fmt::format("{:.9g}", *order.quantity);
  return order.notional ? fmt::format("{:.2f} USD", *order.notional) : "-";
}

void print_orders(Context& context, const std::vector<store::LiveOrder>& orders) {
  auto json = document("trade.orders").key("items").array();
  for (const auto& row : orders) {
    json.object().field("client_order_id", row.client_order_id).field("broker_order_id", row.broker_order_id);
    json.field("session_id", row.session_id);
    json.field("bar", row.bar_open_time);
    json.field("symbol", row.symbol).field("side", store::name(row.side)).field("type", row.type);
    json.field("quantity", row.quantity).field("notional", row.notional);
    json.field("status", store::name(row.status)).field("filled_quantity", row.filled_quantity);
    json.field("filled_price_avg", row.filled_price_avg).field("model_version", row.model_version);
    json.field("message", row.message).field("created_at", row.created_at);
    json.field("updated_at", row.updated_at).end();
  }
  context.print_json(json.end().end());
}

void print_csv(std::ostream& out, const std::vector<store::LiveOrder>& orders) {
  out << "client_order_id,broker_order_id,session_id,bar,symbol,side,type,quantity,notional,status,"
         "filled_quantity,filled_price_avg,model_version,message,created_at,updated_at\n";
  for (const auto& row : orders) {
    CsvRow cells;
    cells.add(row.client_order_id).add(row.broker_order_id).add(row.session_id).add(row.bar_open_time);
    cells.add(row.symbol).add(store::name(row.side)).add(row.type).add(row.quantity).add(row.notional);
    cells.add(store::name(row.status)).add(row.filled_quantity).add(row.filled_price_avg);
    cells.add(row.model_version).add(row.message).add(row.created_at).add(row.updated_at);
    out << cells.text();
  }
}

}  // namespace

void TradeOrders::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "whose trader; may be left out when there is one schedule")
      ->type_name("NAME");
  app.add_option("--limit", limit, "rows at the most")
      ->check(whole(1, 1'000'000))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--format", format, "table or csv")
      ->check(CLI::IsMember({"table", "csv"}))
      ->capture_default_str()
      ->type_name("FORM");
  app.add_flag("--replays", replays, "those of replays, which are left out where an account is traded");
}

int TradeOrders::run(Context& context) const {
  auto& database = context.readable_database();
  const auto id = store::schedules::get_or_only(database, schedule).id;
  auto orders = store::live_orders::list(
      database, id, limit, replays ? store::TradingOrigin::replays : store::TradingOrigin::trader);
  std::ranges::reverse(orders);
  if (context.json()) {
    print_orders(context, orders);
    return 0;
  }
  if (format == "csv") {
    print_csv(context.out, orders);
    return 0;
  }
  // A replay sends the orders of years within seconds: what tells them apart is their bar.
  Table table({{"BAR"},
               {"SENT"},
               {"SIDE"},
               {"AMOUNT", true},
               {"STATUS"},
               {"FILLED", true},
               {"PRICE", true},
               {"MODEL"},
               {"NOTE"}});
  for (const auto& row : orders) {
    table.add({row.bar_open_time ? base::to_minute(*row.bar_open_time) : "-", base::to_minute(row.created_at),
               std::string(store::name(row.side)), amount(row), std::string(store::name(row.status)),
               fmt::format("{:.9g}", row.filled_quantity),
               row.filled_price_avg ? fmt::format("{:.2f}", *row.filled_price_avg) : "-",
               row.model_version ? fmt::format("v{}", *row.model_version) : "-", row.message.value_or("-")});
  }
  context.out << table.text(context.terminal);
  return 0;
}

}  // namespace ctt::cmd
