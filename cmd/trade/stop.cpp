#include "cmd/trade/stop.h"

#include <fmt/format.h>

#include "store/schedules.h"
#include "trader/halt.h"

namespace ctt::cmd {

void TradeStop::declare(CLI::App& app) { declare_verb(app, *this, false); }

int TradeStop::run(Context& context) const {
  const auto id = store::schedules::get_or_only(context.readable_database(), schedule).id;
  if (context.globals.dry_run) return context.would("stop the trader of " + id);
  const auto reply = ask_trader(context, id, "stop");
  if (!reply.ok()) throw trader::trader_refused(id, reply);
  if (context.json()) {
    context.print_json(document("trade.stop").field("schedule_id", id).field("stopping", true).end());
  } else {
    context.say(fmt::format("The trader of {} ends after its bar; its position stays.", id));
  }
  return 0;
}

}  // namespace ctt::cmd
