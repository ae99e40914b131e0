#include "cmd/trade/trade_verb.h"

#include <fmt/format.h>

#include "store/schedules.h"
#include "trader/halt.h"
#include "wire/client.h"

namespace ctt::cmd {

void declare_verb(CLI::App& app, TradeVerb& verb, bool with_reason) {
  auto* one =
      app.add_option("--schedule", verb.schedule, "whose trader; may be left out when there is one schedule")
          ->type_name("NAME");
  app.add_flag("--all", verb.all, "the traders of all schedules")->excludes(one);
  if (with_reason) app.add_option("--reason", verb.reason, "kept with the halt")->type_name("TEXT");
}

wire::Reply ask_trader(Context& context, const std::string& schedule, const std::string& op) {
  const wire::Request request{.op = op, .sha256 = "", .reason = "", .id = 1};
  return wire::ask(context.home.trader_socket(schedule), request, context.settings.duration("timeout"));
}

std::vector<store::Schedule> meant_by(store::Database& database, const TradeVerb& verb) {
  if (!verb.all) return {store::schedules::get_or_only(database, verb.schedule)};
  auto rows = store::schedules::list(database);
  if (rows.empty()) store::schedules::get_or_only(database, std::nullopt);  // says that there is none
  return rows;
}

std::string traders_of(const std::vector<store::Schedule>& schedules) {
  std::vector<std::string> names;
  for (const auto& row : schedules) names.push_back(row.id);
  return fmt::format("the trader{} of {}", names.size() == 1 ? "" : "s", fmt::join(names, ", "));
}

void for_each_of(const std::vector<store::Schedule>& schedules,
                 const std::function<void(const store::Schedule&)>& work) {
  std::exception_ptr first;
  for (const auto& row : schedules) {
    try {
      work(row);
    } catch (const base::Error&) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

namespace {

struct HaltedSchedule {
  std::string schedule_id;
  trader::Halted done;
};

void add_halted(base::JsonWriter& json, const HaltedSchedule& one) {
  json.field("schedule_id", one.schedule_id).field("state", store::name(one.done.state));
  json.field("changed", one.done.changed).field("trader_running", one.done.trader_running);
}

// The one that was named stands at the top as well.
void print_halted(Context& context, const TradeVerb& verb, bool halt,
                  const std::vector<HaltedSchedule>& all) {
  auto json = document(halt ? "trade.halt" : "trade.resume");
  if (!verb.all && !all.empty()) add_halted(json, all.front());
  json.key("traders").array();
  for (const auto& one : all) {
    json.object();
    add_halted(json, one);
    json.end();
  }
  context.print_json(json.end().end());
}

}  // namespace

int set_halt(Context& context, const TradeVerb& verb, bool halt) {
  auto& database = context.database();
  const auto rows = meant_by(database, verb);
  const char* word = halt ? "halted" : "trading";
  if (context.globals.dry_run)
    return context.would(fmt::format("{} {}", halt ? "halt" : "resume", traders_of(rows)));
  const auto reason = verb.reason.value_or(halt ? "halted by the operator" : "");
  std::vector<HaltedSchedule> all;
  const auto print = [&] {
    if (context.json() && !all.empty()) print_halted(context, verb, halt, all);
  };
  try {
    for_each_of(rows, [&](const store::Schedule& row) {
      const auto done = trader::set_halt({database, context.home, context.clock}, row, halt, reason,
                                         context.settings.duration("timeout"));
      all.push_back({row.id, done});
      if (!context.json())
        context.say(
            fmt::format("The trader of {} is {}{}{}.", row.id, done.changed ? "" : "already ", word,
                        done.trader_running ? "" : " (none is running; it holds from its next start)"));
    });
  } catch (const base::Error&) {
    print();
    throw;
  }
  print();
  return 0;
}

}  // namespace ctt::cmd
