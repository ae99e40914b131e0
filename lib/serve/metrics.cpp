#include "serve/metrics.h"

#include "schedule/control.h"
#include "schedule/health.h"
#include "store/cycles.h"
#include "store/events.h"
#include "store/live_sessions.h"
#include "store/schedules.h"
#include "store/tallies.h"
#include "upkeep/measured_costs.h"
#include "upkeep/verdict.h"

namespace ctt::serve {

namespace {

/// Families of samples, each written together under its help, as the format asks.
class Exposition {
 public:
  void add(const char* name, const char* help, const std::string& labels, double value) {
    add(name, help, labels, value, "gauge");
  }
  /// Of what only ever grows.
  void count(const char* name, const char* help, const std::string& labels, double value) {
    add(name, help, labels, value, "counter");
  }
  std::string text() const {
    std::string all;
    for (const auto& [name, family] : families_) all += family;
    return all;
  }

 private:
  void add(const char* name, const char* help, const std::string& labels, double value, const char* type) {
    auto& family = families_[name];
    if (family.empty()) family = fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
    family += fmt::format("{}{} {}\n", name, labels.empty() ? "" : fmt::format("{{{}}}", labels), value);
  }
  std::map<std::string, std::string> families_;
};

double seconds(base::Instant at) { return static_cast<double>(at.time_since_epoch().count()) / 1000; }

void add_schedule(Exposition& out, const store::StateContext& state, const store::Schedule& schedule) {
  const auto label = fmt::format("schedule=\"{}\"", schedule.id);
  const auto health = schedule::health(state, schedule).health;
  out.add("ctt_schedule_active", "1 while the schedule runs", label,
          schedule.status == store::ScheduleState::active ? 1 : 0);
  for (const auto each :
       {schedule::Health::ok, schedule::Health::late, schedule::Health::stale, schedule::Health::failing}) {
    out.add("ctt_schedule_health", "1 for the health the schedule has",
            fmt::format("{},health=\"{}\"", label, schedule::name(each)), each == health ? 1 : 0);
  }
  out.add("ctt_schedule_cycle", "number of the newest cycle", label,
          static_cast<double>(schedule.current_cycle));
  if (schedule.last_cycle_at)
    out.add("ctt_schedule_last_cycle_timestamp_seconds", "when the newest cycle began", label,
            seconds(*schedule.last_cycle_at));
  if (schedule.next_cycle_at)
    out.add("ctt_schedule_next_cycle_timestamp_seconds", "when the next slot is due", label,
            seconds(*schedule.next_cycle_at));
}

void add_cycles(Exposition& out, const store::StateContext& state, const store::Schedule& schedule) {
  const auto label = fmt::format("schedule=\"{}\"", schedule.id);
  const auto interval = std::chrono::duration<double>(schedule::config_of(schedule).interval);
  out.add("ctt_schedule_interval_seconds", "from one slot to the next", label, interval.count());
  for (const auto& tally : store::cycle_tallies(state.database, schedule.id)) {
    out.count("ctt_schedule_cycles_total",
              "slots by how they ended and why; of completed cycles what became of the candidate",
              fmt::format("{},result=\"{}\",reason=\"{}\"", label, store::name(tally.status), tally.reason),
              static_cast<double>(tally.count));
  }
  const auto good = store::cycles::last_completed(state.database, schedule.id);
  if (good && good->finished_at)
    out.add("ctt_schedule_last_good_cycle_timestamp_seconds", "when a cycle completed last", label,
            seconds(*good->finished_at));
}

void add_fills(Exposition& out, const store::StateContext& state, const store::Schedule& schedule) {
  for (const auto& tally : store::fill_tallies(state.database, schedule.id)) {
    const auto label = fmt::format("schedule=\"{}\",side=\"{}\"", schedule.id, store::name(tally.side));
    out.count("ctt_trader_fills_total", "fills of all its traders, replays aside", label,
              static_cast<double>(tally.count));
    out.count("ctt_trader_commission_total", "commission of these fills, quote currency", label,
              tally.commission);
    out.count("ctt_trader_volume_total", "price times size of these fills, quote currency", label,
              tally.volume);
  }
}

void add_session(Exposition& out, const store::LiveSession& session) {
  const auto label = fmt::format("schedule=\"{}\"", session.schedule_id);
  out.add("ctt_trader_equity", "equity at the newest bar, quote currency", label, session.state.equity);
  out.add("ctt_trader_drawdown_pct_max", "deepest drawdown of the session", label,
          session.state.max_drawdown_pct);
  out.add("ctt_trader_bars", "bars of the session", label, static_cast<double>(session.state.total_bars));
  out.add("ctt_trader_trades", "fills of the session", label,
          static_cast<double>(session.state.total_trades));
  out.add("ctt_trader_swaps", "policy exchanges of the session", label,
          static_cast<double>(session.swap_count));
  if (session.model_version)
    out.add("ctt_trader_model_version", "the model that is served", label,
            static_cast<double>(*session.model_version));
  if (session.state.last_bar_at)
    out.add("ctt_trader_last_bar_timestamp_seconds", "opening time of the newest bar", label,
            seconds(*session.state.last_bar_at));
}

bool holds(const upkeep::HealthVerdict& verdict, const std::string& code) {
  return std::ranges::any_of(verdict.conditions,
                             [&](const auto& condition) { return condition.code == code; });
}

// A condition's series is there while the condition holds. Those of the machine stand there once, without a
// schedule, or an alert about the disk would come as often as there are schedules.
void add_verdict(Exposition& out, const std::string& label, const upkeep::HealthVerdict& verdict,
                 const upkeep::HealthVerdict& elsewhere = {}) {
  out.add("ctt_verdict_level", "0: ok, 1: notice, 2: warning, 3: critical; what ctt schedule status says",
          label, static_cast<double>(verdict.level()));
  for (const auto& condition : verdict.conditions) {
    if (holds(elsewhere, condition.code)) continue;
    const auto labels = fmt::format("{}condition=\"{}\",level=\"{}\"", label.empty() ? "" : label + ",",
                                    condition.code, upkeep::name(condition.level));
    out.add("ctt_condition", "1 for each condition that holds", labels, 1);
  }
}

void add_trader(Exposition& out, const store::Schedule& schedule, const upkeep::TraderHealth& health,
                const upkeep::HealthVerdict& verdict) {
  const auto label = fmt::format("schedule=\"{}\"", schedule.id);
  out.add("ctt_trader_running", "1 while the process of a trader holds its lock", label,
          verdict.trader_running ? 1 : 0);
  for (const auto each :
       {store::TraderState::active, store::TraderState::reducing, store::TraderState::halted}) {
    out.add("ctt_trader_state", "1 for what the trader may send: everything, sales only, nothing",
            fmt::format("{},state=\"{}\"", label, store::name(each)), each == schedule.trader_state ? 1 : 0);
  }
  if (health.books_unread_s)
    out.add("ctt_trader_books_unread_seconds", "how long the broker's books could not be read", label,
            *health.books_unread_s);
  if (health.stream_refusals)
    out.add("ctt_trader_stream_refusals", "connections that the session's streams were refused", label,
            *health.stream_refusals);
}

void add_costs(Exposition& out, const store::Schedule& schedule, const upkeep::MeasuredCosts& costs) {
  if (costs.fills == 0) return;
  const auto label = fmt::format("schedule=\"{}\"", schedule.id);
  out.add("ctt_trader_cost_bp", "median cost of a side over the newest fills, basis points", label,
          costs.side_bp);
  out.add("ctt_trader_cost_fills", "fills that this median is of", label, static_cast<double>(costs.fills));
  if (costs.trained_for)
    out.add("ctt_trader_trained_cost_bp",
            "cost of a side that the served model was trained for, basis points", label,
            1e4 * costs.trained_for->side());
}

}  // namespace

std::string prometheus(const store::StateContext& state, std::size_t clients, const AskTrader& ask_trader) {
  std::map<std::string, upkeep::TraderHealth> traders;  // asked first: nobody is waited for inside a view
  for (const auto& schedule : store::schedules::list(state.database))
    traders.emplace(schedule.id, ask_trader(schedule));
  const store::ReadTransaction view(state.database);
  Exposition out;
  out.add("ctt_up", "1: the database was read", "", 1);
  out.add("ctt_websocket_clients", "open WebSockets", "", static_cast<double>(clients));
  out.add("ctt_events_last_seq", "seq of the newest event", "",
          static_cast<double>(store::events::last_seq(state.database)));
  const auto machine = upkeep::machine_verdict(state);
  add_verdict(out, "", machine);
  for (const auto& schedule : store::schedules::list(state.database)) {
    add_schedule(out, state, schedule);
    add_cycles(out, state, schedule);
    add_fills(out, state, schedule);
    const auto& trader = traders[schedule.id];
    const auto verdict = upkeep::verdict(state, schedule, trader);
    add_verdict(out, fmt::format("schedule=\"{}\"", schedule.id), verdict, machine);
    add_trader(out, schedule, trader, verdict);
    add_costs(out, schedule, upkeep::measured_costs(state, schedule.id));
    if (const auto session = store::live_sessions::newest(state.database, schedule.id))
      add_session(out, *session);
  }
  return out.text();
}

}  // namespace ctt::serve
