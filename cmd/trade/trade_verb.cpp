#include "cmd/trade/trade_verb.h"

#include <fmt/format.h>

#include "store/schedules.h"
#include "trader/halt.h"
#include "wire/client.h"

namespace ctt::cmd {

void declare_verb(CLI::App& app, TradeVerb& verb, bool with_reason) {
  app.add_option("--schedule", verb.schedule, "whose trader; may be left out when there is one schedule")
      ->type_name("NAME");
  if (with_reason) app.add_option("--reason", verb.reason, "kept with the halt")->type_name("TEXT");
}

wire::Reply ask_trader(Context& context, const std::string& schedule, const std::string& op) {
  const wire::Request request{.op = op, .sha256 = "", .reason = "", .id = 1};
  return wire::ask(context.home.trader_socket(schedule), request, context.settings.duration("timeout"));
}

int set_halt(Context& context, const TradeVerb& verb, bool halt) {
  auto& database = context.database();
  const auto row = store::schedules::get_or_only(database, verb.schedule);
  const char* word = halt ? "halted" : "trading";
  if (context.globals.dry_run)
    return context.would(fmt::format("{} the trader of {}", halt ? "halt" : "resume", row.id));
  const auto reason = verb.reason.value_or(halt ? "halted by the operator" : "");
  const auto done = trader::set_halt({database, context.home, context.clock}, row, halt, reason,
                                     context.settings.duration("timeout"));
  if (context.json()) {
    context.print_json(document(halt ? "trade.halt" : "trade.resume")
                           .field("schedule_id", row.id)
                           .field("state", store::name(done.state))
                           .field("changed", done.changed)
                           .field("trader_running", done.trader_running)
                           .end());
    return 0;
  }
  context.say(fmt::format("The trader of {} is {}{}{}.", row.id, done.changed ? "" : "already ", word,
                          done.trader_running ? "" : " (none is running; it holds from its next start)"));
  return 0;
}

}  // namespace ctt::cmd
