#include "cmd/trade/stop.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "store/schedules.h"
#include "trader/halt.h"

namespace ctt::cmd {

void TradeStop::declare(CLI::App& app) { declare_verb(app, *this, false); }

namespace {

struct StoppedTrader {
  std::string schedule_id;
  std::optional<std::string> problem{};
};

// One that holds its lock and does not listen is on its way up or down.
void require_gone(const Context& context, const std::string& schedule) {
  if (base::FileLock::is_held(context.home.trader_lock(schedule)))
    throw base::Error(base::Failure::unreachable,
                      fmt::format("the trader of {} is starting; ask again", schedule))
        .fix("ctt trade status --schedule " + schedule);
}

void print_stopped(Context& context, const TradeVerb& verb, const std::vector<StoppedTrader>& traders) {
  auto json = document("trade.stop");
  if (!verb.all) json.field("schedule_id", traders.front().schedule_id).field("stopping", true);
  json.key("traders").array();
  for (const auto& one : traders) {
    json.object().field("schedule_id", one.schedule_id).field("stopping", !one.problem);
    if (one.problem) json.field("problem", *one.problem);
    json.end();
  }
  context.print_json(json.end().end());
}

}  // namespace

int TradeStop::run(Context& context) const {
  const auto rows = meant_by(context.readable_database(), *this);
  if (context.globals.dry_run) return context.would("stop " + traders_of(rows));
  std::vector<StoppedTrader> traders;
  const auto stop_one = [&](const store::Schedule& row, const wire::Reply& reply) {
    if (reply.outcome == wire::CallOutcome::nobody_listening) {
      require_gone(context, row.id);
      if (all) return;  // of all, those that do not run are stopped already
    }
    if (!reply.ok()) throw trader::trader_refused(context.home, row.id, reply);
    traders.push_back({.schedule_id = row.id});
    if (!context.json())
      context.say(fmt::format("The trader of {} ends after its bar; its position stays.", row.id));
  };
  const auto failed = [&](const store::Schedule& row, const std::string& problem) {
    traders.push_back({.schedule_id = row.id, .problem = problem});
    say_problem(context, *this, row, problem);
  };
  try {
    ask_each(context, rows, {.op = "stop", .sha256 = "", .reason = "", .id = 1}, stop_one, failed);
  } catch (const std::exception&) {
    if (context.json() && all) print_stopped(context, *this, traders);
    throw;
  }
  if (context.json()) {
    print_stopped(context, *this, traders);
  } else if (traders.empty()) {
    context.say("No trader is running.");
  }
  return 0;
}

}  // namespace ctt::cmd
