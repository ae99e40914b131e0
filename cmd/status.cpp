#include "cmd/status.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/trade/trader_view.h"
#include "views/status.h"
#include "views/verdict.h"

namespace ctt::cmd {

using upkeep::HealthLevel;

namespace {

struct ScheduleOverview {
  views::StatusView schedule;
  TraderView trader;
};

struct Overview {
  std::vector<ScheduleOverview> schedules;
  upkeep::HealthVerdict machine;

  HealthLevel level() const {
    auto worst = machine.level();
    for (const auto& one : schedules) worst = std::max(worst, one.schedule.verdict.level());
    return worst;
  }
  bool well() const { return level() < HealthLevel::warning; }
};

Overview look(Context& context) {
  auto& database = context.readable_database();
  const store::StateContext state{database, context.home, context.clock};
  Overview overview{.schedules = {}, .machine = upkeep::machine_verdict(state)};
  for (const auto& row : store::schedules::list(database)) {
    const auto said = upkeep::trader_health(context.home, row, kTraderPatience);
    auto trader = said.silent ? view_silent_trader(
                                    context, row,
                                    fmt::format("the trader of {} gave no answer that can be read", row.id))
                              : view_trader_or_problem(context, row, kTraderPatience);
    overview.schedules.push_back(
        {.schedule = views::status_view(state, row, said), .trader = std::move(trader)});
  }
  return overview;
}

Style style_of(HealthLevel level) {
  return level < HealthLevel::warning    ? Style::good
         : level == HealthLevel::warning ? Style::warning
                                         : Style::bad;
}

std::string last_cycle(const views::StatusView& view) {
  if (view.running) return fmt::format("{} runs", view.running->number);
  return view.last ? fmt::format("{} {}", view.last->number, store::name(view.last->status)) : "-";
}

void print_table(Context& context, const Overview& overview) {
  Table table({{"SCHEDULE"},
               {"HEALTH"},
               {"STATUS"},
               {"CYCLE"},
               {"NEXT"},
               {"TRADER"},
               {"MODEL"},
               {"EQUITY", true},
               {"PROFIT", true}});
  for (const auto& one : overview.schedules) {
    const auto& row = one.schedule.schedule;
    const auto trader = figures_of(one.trader);
    const auto level = one.schedule.verdict.level();
    table.add(
        {row.id, std::string(upkeep::name(level)),
         fmt::format("{}{}", store::name(row.status), row.frozen ? ", frozen" : ""), last_cycle(one.schedule),
         row.next_cycle_at ? context.terminal.moment(*row.next_cycle_at, context.now()) : "-", trader.state,
         trader.model, trader.equity, trader.profit},
        level < HealthLevel::warning ? Style::plain : style_of(level));
  }
  context.out << table.text(context.terminal);
}

// "critical: btc: the trader of btc is gone without a word, since 19:20:11".
void print_conditions(Context& context, const std::string& whose, const upkeep::HealthVerdict& verdict,
                      const upkeep::HealthVerdict& told) {
  for (const auto& condition : verdict.conditions) {
    const bool repeated =
        std::ranges::any_of(told.conditions, [&](const auto& other) { return other.code == condition.code; });
    if (repeated) continue;
    context.out << context.terminal.paint(style_of(condition.level), upkeep::name(condition.level)) << ": "
                << whose << ": " << condition.reason
                << (condition.since ? ", since " + context.terminal.moment(*condition.since, context.now())
                                    : "")
                << '\n';
    if (!condition.command.empty()) context.out << "  fix: " << condition.command << '\n';
  }
}

void print(Context& context, const Overview& overview) {
  if (overview.schedules.empty())
    context.out << "There is no schedule yet. Next: ctt schedule start --base EXP --dataset DATASET --pack "
                   "PACK\n";
  else
    print_table(context, overview);
  print_conditions(context, "this machine", overview.machine, {});
  for (const auto& one : overview.schedules)
    print_conditions(context, one.schedule.schedule.id, one.schedule.verdict, overview.machine);
  if (overview.level() == HealthLevel::ok)
    context.out << context.terminal.paint(Style::good, "ok") << ": all is well\n";
}

void print_document(Context& context, const Overview& overview) {
  auto& database = context.readable_database();
  auto json = document("status").field("level", upkeep::name(overview.level()));
  json.field("well", overview.well()).key("items").array();
  for (const auto& one : overview.schedules) {
    json.object();
    views::add_status(json, one.schedule, database, context.now());
    json.raw_field("trader", trader_json(context, one.trader)).end();
  }
  json.end().raw_field("machine", views::verdict_json(overview.machine));
  context.print_json(json.end());
}

}  // namespace

void StatusOverview::declare(CLI::App& app) {
  app.add_flag("--check", check, "for monitoring: exit 10 when there is a warning or worse");
}

int StatusOverview::run(Context& context) const {
  const auto overview = look(context);
  const bool alarming = check && !overview.well();
  if (context.json())
    print_document(context, overview);
  else if (!context.globals.quiet || alarming)
    print(context, overview);
  return alarming ? base::exit_status(base::Failure::findings) : 0;
}

}  // namespace ctt::cmd
