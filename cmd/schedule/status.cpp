#include "cmd/schedule/status.h"

#include <algorithm>
#include <sstream>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/trade/trader_view.h"
#include "store/budgets.h"
#include "store/schedules.h"
#include "views/status.h"
#include "views/verdict.h"

namespace ctt::cmd {

using store::CycleStatus;
using views::StatusView;

namespace {

std::string last_line(Context& context, const StatusView& view) {
  if (!view.last) return "nothing yet";
  const auto& cycle = *view.last;
  const auto now = context.now();
  std::string line = fmt::format("cycle {}, {} {}", cycle.number, store::name(cycle.status),
                                 context.terminal.moment(cycle.finished_at.value_or(cycle.started_at), now));
  if (cycle.finished_at && cycle.status != CycleStatus::skipped) {
    line += " after " +
            base::to_words(std::chrono::floor<std::chrono::seconds>(*cycle.finished_at - cycle.started_at));
  }
  if (cycle.decision != store::Decision::none)
    line += fmt::format(", {} v{}", store::name(cycle.decision), cycle.model_version.value_or(0));
  if (cycle.message) line += ": " + *cycle.message;
  return line;
}

std::string running_line(const StatusView& view) {
  if (!view.running) return "nothing";
  const auto& cycle = *view.running;
  return fmt::format("cycle {}, {}, iteration {} of {} (pid {})", cycle.number, store::phase(cycle.step),
                     cycle.iterations_done, cycle.total_iterations, cycle.pid);
}

std::string live_line(Context& context, const StatusView& view) {
  if (!view.desired) return "nothing";
  const auto& desired = *view.desired;
  std::string line = fmt::format("v{}", desired.model_version);
  const auto hash = desired.sha256.substr(0, 8);
  if (view.served_by_replay()) return line + fmt::format(", served by a replay, hash {}", hash);
  const auto replay =
      view.replay_serves ? fmt::format("; a replay serves v{}", *view.replay_serves) : std::string();
  if (desired.confirmed_at) {
    return line + fmt::format("{} {}, hash {} confirmed{}",
                              view.served_by_trader() ? ", served by the trader since"
                                                      : ", no trader of an account runs; one took it",
                              context.terminal.moment(*desired.confirmed_at, context.now()), hash, replay);
  }
  if (desired.refusal) return line + " was refused by the trader: " + *desired.refusal;
  line += " is desired, no trader has confirmed it yet";
  if (view.served && !view.replay_serves) line += fmt::format(" (v{} served)", view.served->model_version);
  return line + replay;
}

// "undecided: served - base +0.0012 % a bar, 95 % interval -0.0101 to +0.0125 %, 412 bars since ...".
std::string verdict_line(Context& context, const evaluation::LiveVerdict& verdict) {
  const auto since = context.terminal.moment(verdict.since(), context.now());
  if (verdict.state().count == 0) return "no bar yet of what is served against the base, since " + since;
  const auto [low, high] = verdict.interval();
  return fmt::format(
      "{}: served - base {:+.4f} % a bar, {:.0f} % interval {:+.4f} to {:+.4f} %, {} bars since {}",
      evaluation::name(verdict.finding()), 100 * verdict.mean(), 100 * evaluation::kLiveCoverage, 100 * low,
      100 * high, verdict.state().count, since);
}

Style style_of(store::ScheduleState status) {
  return status == store::ScheduleState::active ? Style::good : Style::warning;
}

Style style_of(upkeep::HealthLevel level) {
  using upkeep::HealthLevel;
  return level < HealthLevel::warning    ? Style::good
         : level == HealthLevel::warning ? Style::warning
                                         : Style::bad;
}

// "critical: the trader of btc is gone without a word, since 19:20:11".
std::string condition_line(Context& context, const upkeep::HealthCondition& condition) {
  auto line = context.terminal.paint(style_of(condition.level), upkeep::name(condition.level)) + ": " +
              condition.reason;
  if (condition.since) line += ", since " + context.terminal.moment(*condition.since, context.now());
  return line;
}

void print_verdict(Context& context, const upkeep::HealthVerdict& verdict, const std::string& when_ok,
                   std::ostream& out) {
  const auto line = [&](const char* label, const std::string& content) {
    out << fmt::format("  {:<8} {}\n", label, content);
  };
  if (verdict.conditions.empty()) line("health", context.terminal.paint(Style::good, "ok") + ": " + when_ok);
  const auto* label = "health";
  for (const auto& condition : verdict.conditions) {
    line(std::exchange(label, ""), condition_line(context, condition));
    if (!condition.command.empty()) line("", "fix: " + condition.command);
  }
}

// "40%, 4000.00 USD of the account".
std::string budget_line(const store::Budget& budget) {
  return budget.amount_usd ? fmt::format("{}, {:.2f} USD of the account", budget.words, *budget.amount_usd)
                           : budget.words + " of the account, from its trader's next start on";
}

void add_budget(base::JsonWriter& json, const std::optional<store::Budget>& budget) {
  json.key("budget");
  if (!budget) {
    json.value(nullptr);
    return;
  }
  json.object().field("words", budget->words).field("amount_usd", budget->amount_usd).end();
}

void print(Context& context, const StatusView& view, const std::optional<store::Budget>& budget,
           std::ostream& out) {
  const auto& row = view.schedule;
  const auto& term = context.terminal;
  out << term.paint(Style::bold, row.id) << "   " << term.paint(style_of(row.status), store::name(row.status))
      << (row.frozen ? ", frozen" : "") << "   " << view.config.symbol << ' ' << view.config.timeframe.name()
      << "   every " << base::to_words(std::chrono::duration_cast<std::chrono::seconds>(view.config.interval))
      << '\n';
  const auto line = [&](const char* label, const std::string& content) {
    out << fmt::format("  {:<8} {}\n", label, content);
  };
  line("next", row.next_cycle_at ? term.moment_relative(*row.next_cycle_at, context.now())
                                 : std::string("nothing: ") + std::string(store::name(row.status)));
  if (row.skip_next) line("", "it is left out, as asked by ctt schedule skip-next");
  line("last", last_line(context, view));
  line("running", running_line(view));
  line("live", live_line(context, view));
  if (budget) line("budget", budget_line(*budget));
  const auto slots = view.slots.total() == 0
                         ? "no slot has come yet"
                         : fmt::format("{} of {} slots trained", view.slots.completed, view.slots.total());
  print_verdict(context, view.verdict, slots, out);
  if (view.live_verdict) line("verdict", verdict_line(context, *view.live_verdict));
}

/// What is shown: all schedules asked for or, where there is none, the machine.
struct Shown {
  std::vector<StatusView> schedules;
  upkeep::HealthVerdict machine;

  bool well() const {
    return machine.well() &&
           std::ranges::all_of(schedules, [](const auto& view) { return view.verdict.well(); });
  }
};

Shown look(Context& context, const ScheduleStatus& command) {
  auto& database = context.readable_database();
  const store::StateContext state{database, context.home, context.clock};
  const auto age = command.max_age ? std::optional(base::parse_duration(*command.max_age)) : std::nullopt;
  const auto rows = command.schedule ? std::vector{store::schedules::get(database, *command.schedule)}
                                     : store::schedules::list(database);
  Shown shown{.schedules = {}, .machine = upkeep::machine_verdict(state)};
  for (const auto& row : rows) {
    const auto said = upkeep::trader_health(context.home, row, kTraderPatience);
    shown.schedules.push_back(views::status_view(state, row, said, age));
  }
  return shown;
}

void print_document(Context& context, const Shown& shown) {
  auto json = document("schedule.status").key("items").array();
  for (const auto& view : shown.schedules) {
    json.object();
    views::add_status(json, view, context.readable_database(), context.now());
    add_budget(json, store::budgets::find(context.readable_database(), view.schedule.id));
    json.end();
  }
  json.end().raw_field("machine", views::verdict_json(shown.machine));
  context.print_json(json.end());
}

std::string text_of(Context& context, const Shown& shown) {
  std::ostringstream out;
  if (shown.schedules.empty()) {
    out << "There is no schedule yet. Next: ctt schedule start --base EXP --dataset DATASET --pack PACK\n";
    if (!shown.machine.well()) print_verdict(context, shown.machine, "", out);
  }
  for (const auto& view : shown.schedules)
    print(context, view, store::budgets::find(context.readable_database(), view.schedule.id), out);
  return out.str();
}

constexpr auto kLook = std::chrono::milliseconds(200);
constexpr auto kRedraw = std::chrono::seconds(1);

// Over what stood there, line by line: clearing the screen first would flicker.
std::string redrawn(const std::string& text) {
  std::string over = "\x1b[H";
  for (const char c : text) over += c == '\n' ? std::string("\x1b[K\n") : std::string(1, c);
  return over + "\x1b[J";
}

// A terminal shows the present state each second; a pipe gets one whenever the database changed.
int keep_showing(Context& context, const ScheduleStatus& command) {
  const bool redraw = context.terminal.out_is_terminal() && !context.json();
  auto& database = context.readable_database();
  std::optional<std::int64_t> shown;
  auto shown_at = std::chrono::steady_clock::now();
  if (redraw) context.out << "\x1b[2J";
  while (command.stop_signal() == 0 && context.out.good()) {
    const auto version = database.data_version();
    const auto now = std::chrono::steady_clock::now();
    if (version != shown || (redraw && now - shown_at >= kRedraw)) {
      const auto now_shown = look(context, command);
      if (context.json())
        print_document(context, now_shown);
      else
        context.out << (redraw ? redrawn(text_of(context, now_shown)) : text_of(context, now_shown))
                    << std::flush;
      shown = version;
      shown_at = now;
    }
    std::this_thread::sleep_for(kLook);  // a signal does not wait: sleeping ends early, or soon
  }
  const int signal = command.stop_signal();
  return signal == 0 ? 0 : 128 + signal;
}

}  // namespace

void ScheduleStatus::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "which one; default: all")->type_name("NAME");
  auto* checking = app.add_flag("--check", check, "for monitoring: exit 10 when there is a warning or worse");
  app.add_option("--max-age", max_age, "stale when no cycle completed for so long; default: three intervals")
      ->type_name("DUR");
  app.add_flag("--watch", watch, "go on showing it, until Ctrl-C")->excludes(checking);
}

int ScheduleStatus::run(Context& context) const {
  if (watch) return keep_showing(context, *this);
  const auto shown = look(context, *this);
  const bool well = shown.well();
  const int status = check && !well ? base::exit_status(base::Failure::findings) : 0;
  if (context.json()) {
    print_document(context, shown);
  } else if (!context.globals.quiet || (check && !well)) {
    context.out << text_of(context, shown);
  }
  return status;
}

}  // namespace ctt::cmd
