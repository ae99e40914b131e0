#include "cmd/trade/stop.h"

#include <fmt/format.h>

#include "store/schedules.h"
#include "trader/halt.h"

namespace ctt::cmd {

void TradeStop::declare(CLI::App& app) { declare_verb(app, *this, false); }

int TradeStop::run(Context& context) const {
  const auto rows = meant_by(context.readable_database(), *this);
  if (context.globals.dry_run) return context.would("stop " + traders_of(rows));
  std::vector<std::string> stopping;
  const auto stop_one = [&](const store::Schedule& row) {
    const auto reply = ask_trader(context, row.id, "stop");
    // Of all, those that do not run are stopped already.
    if (all && reply.outcome == wire::CallOutcome::nobody_listening) return;
    if (!reply.ok()) throw trader::trader_refused(row.id, reply);
    stopping.push_back(row.id);
    if (!context.json())
      context.say(fmt::format("The trader of {} ends after its bar; its position stays.", row.id));
  };
  for_each_of(rows, stop_one);
  if (context.json()) {
    auto json = document("trade.stop");
    if (!all) json.field("schedule_id", stopping.front()).field("stopping", true);
    json.key("traders").array();
    for (const auto& id : stopping) json.object().field("schedule_id", id).field("stopping", true).end();
    context.print_json(json.end().end());
  } else if (stopping.empty()) {
    context.say("No trader is running.");
  }
  return 0;
}

}  // namespace ctt::cmd
