#include "cmd/trade/trade_verb.h"

#include <algorithm>
#include <future>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

#include "store/schedules.h"
#include "trader/halt.h"
#include "trader/risk.h"
#include "wire/client.h"

namespace ctt::cmd {

void declare_verb(CLI::App& app, TradeVerb& verb, bool with_reason) {
  auto* one =
      app.add_option("--schedule", verb.schedule, "whose trader; may be left out when there is one schedule")
          ->type_name("NAME");
  app.add_flag("--all", verb.all, "the traders of all schedules")->excludes(one);
  if (with_reason) app.add_option("--reason", verb.reason, "kept with the halt")->type_name("TEXT");
}

wire::Reply ask_trader(Context& context, const std::string& schedule, const std::string& op,
                       std::optional<std::chrono::milliseconds> patience) {
  const wire::Request request{.op = op, .sha256 = "", .reason = "", .id = 1};
  return wire::ask(context.home.trader_socket(schedule), request,
                   patience ? *patience : context.settings.duration("timeout"));
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

void ask_each(Context& context, const std::vector<store::Schedule>& schedules, const wire::Request& request,
              const std::function<void(const store::Schedule&, const wire::Reply&)>& work,
              const std::function<void(const store::Schedule&, const std::string&)>& failed) {
  const auto patience = context.settings.duration("timeout");
  std::vector<std::future<wire::Reply>> replies;
  for (const auto& row : schedules)
    replies.push_back(
        std::async(std::launch::async, wire::ask, context.home.trader_socket(row.id), request, patience));
  std::exception_ptr first;
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    try {
      work(schedules[i], replies[i].get());
    } catch (const std::exception& error) {
      if (!first) first = std::current_exception();
      failed(schedules[i], error.what());
    }
  }
  if (first) std::rethrow_exception(first);
}

void say_problem(Context& context, const TradeVerb& verb, const store::Schedule& row,
                 const std::string& problem) {
  if (verb.all && !context.json()) context.err << fmt::format("{}: {}\n", row.id, problem);
}

namespace {

struct HaltedSchedule {
  std::string schedule_id;
  std::optional<trader::Halted> done{};  // nothing: see `problem` and `left_alone`
  bool flatten_withdrawn = false;
  std::optional<std::string> problem{};
  std::optional<std::string> left_alone{};  // why
};

void add_halted(base::JsonWriter& json, const HaltedSchedule& one) {
  json.field("schedule_id", one.schedule_id);
  if (const auto& done = one.done)
    json.field("state", store::name(done->state))
        .field("changed", done->changed)
        .field("trader_running", done->trader_running)
        .field("stored", done->stored);
  if (one.flatten_withdrawn) json.field("flatten_withdrawn", true);
  if (one.problem) json.field("problem", *one.problem);
  if (one.left_alone) json.field("left_alone", *one.left_alone);
}

// What a release of all schedules must not undo: it was meant for one schedule, or has cost money.
std::optional<std::string> left_alone_by_resume(const store::Schedule& row) {
  if (row.flatten_reason) return "its position is being sold: " + *row.flatten_reason;
  const auto reason = row.trader_state_reason.value_or("");
  if (row.halted() && trader::is_loss(reason)) return "a limit of loss halted it: " + reason;
  return std::nullopt;
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
  auto rows = meant_by(database, verb);
  const char* word = halt ? "halted" : "trading";
  if (context.globals.dry_run)
    return context.would(fmt::format("{} {}", halt ? "halt" : "resume", traders_of(rows)));
  const auto reason = verb.reason.value_or(halt ? "halted by the operator" : "");
  std::vector<HaltedSchedule> all;
  const auto leave_alone = [&](const store::Schedule& row) {
    const auto why = left_alone_by_resume(row);
    if (!why) return false;
    all.push_back({.schedule_id = row.id, .left_alone = why});
    if (!context.json())
      context.say(fmt::format("{} is left alone, {}. ctt trade resume --schedule {} releases it.", row.id,
                              *why, row.id));
    return true;
  };
  if (verb.all && !halt) std::erase_if(rows, leave_alone);
  const auto set_one = [&](const store::Schedule& row, const wire::Reply& reply) {
    const auto done = trader::halted_by({database, context.home, context.clock}, row, halt, reason, reply);
    const bool withdrawn = row.flatten_reason.has_value();
    all.push_back({.schedule_id = row.id, .done = done, .flatten_withdrawn = withdrawn});
    if (context.json()) return;
    context.say(fmt::format("The trader of {} is {}{}{}.", row.id, done.changed ? "" : "already ", word,
                            done.trader_running ? "" : " (none is running; it holds from its next start)"));
    if (!done.stored)
      context.say(fmt::format("That cannot be stored, so a new trader would not know of it: {} says why.",
                              "ctt doctor"));
    if (withdrawn) context.say(fmt::format("Its flatten was taken back: {}", *row.flatten_reason));
  };
  const auto failed = [&](const store::Schedule& row, const std::string& problem) {
    all.push_back({.schedule_id = row.id, .problem = problem});
    say_problem(context, verb, row, problem);
  };
  // A failure of the only schedule is the error, and no document stands beside it.
  const auto print = [&] {
    const bool done = std::ranges::any_of(all, [](const auto& one) { return !one.problem; });
    if (context.json() && (verb.all || done)) print_halted(context, verb, halt, all);
  };
  try {
    ask_each(context, rows, trader::halt_request(halt, reason), set_one, failed);
  } catch (const std::exception&) {
    print();
    throw;
  }
  print();
  return 0;
}

}  // namespace ctt::cmd
