#include <fmt/format.h>

#include "base/files.h"
#include "market/timeframe.h"
#include "schedule/liveness.h"
#include "schedule/trade_command.h"
#include "store/live_decisions.h"
#include "store/live_sessions.h"
#include "upkeep/verdict.h"

namespace ctt::upkeep {

namespace {

using namespace std::chrono_literals;
using base::Instant;
using store::LiveSession;
using store::Schedule;
using store::SessionStatus;
using store::TraderState;

// A refusal of the broker in passing is nobody's business, and a restart takes a moment.
constexpr auto kUnreadTolerated = 60s, kUnreadCritical = 600s;
constexpr auto kRestartTolerated = 2min, kFlattenTolerated = 2min;

// How long after its time a bar may come, by its width.
constexpr std::chrono::seconds kLateLeast = 3min, kLateMost = 15min;

bool is_active(const Schedule& schedule) { return schedule.status == store::ScheduleState::active; }

/// Collects what holds of one trader.
struct TraderExam {
  const store::StateContext& state;
  const Schedule& schedule;
  const TraderHealth& said;
  std::optional<LiveSession> session;
  bool running = false;
  std::vector<HealthCondition> all{};

  // A trader ends its row and then its process: only a row that still says running after its process was seen to be
  // gone is a contradiction.
  void see_whether_it_runs() {
    while (true) {
      running = session && schedule::is_alive(state.home, *session);
      if (running || !session || session->status != SessionStatus::running) return;
      auto again = store::live_sessions::newest_live(state.database, schedule.id);
      const bool same = again && again->id == session->id && again->status == session->status;
      session = std::move(again);
      if (same) return;
    }
  }

  std::string start() const { return schedule::trade_command(state.database, schedule.id); }
  std::string show() const { return "ctt trade status --schedule " + schedule.id; }
  void add(const char* code, HealthLevel level, std::string reason, std::string command,
           std::optional<Instant> since) {
    all.push_back({code, level, std::move(reason), std::move(command), since});
  }

  // Whoever was killed left no time of death: its newest sign of life is that of its newest decision.
  Instant last_sign_of_life() const {
    const auto decisions = store::live_decisions::newest(state.database, session->id, 1);
    return decisions.empty() ? session->started_at
                             : std::max(session->started_at, decisions.back().decided_at);
  }

  void absent() {
    if (session->status == SessionStatus::running)
      return add("trader_gone", HealthLevel::critical,
                 fmt::format("the trader of {} is gone without a word", schedule.id), start(),
                 last_sign_of_life());
    if (!is_active(schedule)) return;
    if (session->status == SessionStatus::failed)
      return add("trader_failed", HealthLevel::critical,
                 fmt::format("the trader of {} failed: {}", schedule.id,
                             session->message.value_or("it did not say why")),
                 start(), session->stopped_at);
    const auto stopped = session->stopped_at.value_or(session->started_at);
    if (!session->account.empty() && state.clock.now() - stopped > kRestartTolerated)
      add("trader_stopped", HealthLevel::warning,
          fmt::format("{} is active and its trader was stopped", schedule.id), start(), stopped);
  }

  // An operator's or the breaker's word holds whether or not a trader runs now.
  void restricted() {
    if (schedule.trader_state == TraderState::active) return;
    const bool halted = schedule.trader_state == TraderState::halted;
    const bool expected = running || is_active(schedule);
    const auto level = !expected ? HealthLevel::notice
                       : halted  ? HealthLevel::critical
                                 : HealthLevel::warning;
    add(halted ? "halted" : "reducing", level,
        fmt::format("the trader of {} is {}: {}", schedule.id, store::name(schedule.trader_state),
                    schedule.trader_state_reason.value_or("without a reason")),
        "ctt trade resume --schedule " + schedule.id, schedule.trader_state_at);
  }

  void unfinished_flatten() {
    if (!schedule.flatten_at) return;
    if (!said.flatten_problem && state.clock.now() - *schedule.flatten_at < kFlattenTolerated) return;
    add("flatten_unfinished", HealthLevel::critical,
        fmt::format("the position of {} is to be sold ({}) and is not yet{}", schedule.id,
                    schedule.flatten_reason.value_or(""),
                    said.flatten_problem ? ": " + *said.flatten_problem
                    : running            ? ""
                                         : ": no trader runs"),
        running ? show() : start(), schedule.flatten_at);
  }

  void broker() {
    const auto unread = std::chrono::duration<double>(said.books_unread_s.value_or(0));
    const auto since =
        unread.count() > 0
            ? std::optional(state.clock.now() - std::chrono::floor<std::chrono::milliseconds>(unread))
            : std::nullopt;
    if (said.keys_refused)
      add("keys_refused", HealthLevel::critical,
          fmt::format("the broker refuses the keys of {}'s trader", schedule.id),
          "ctt doctor --online --check broker", since);
    else if (unread >= kUnreadTolerated)
      add("books_unread", unread >= kUnreadCritical ? HealthLevel::critical : HealthLevel::warning,
          fmt::format("the trader of {} has not read the broker's books for {}", schedule.id,
                      base::to_words(std::chrono::floor<std::chrono::seconds>(unread))),
          show(), since);
    if (said.account_barred)
      add("account_barred", HealthLevel::critical,
          fmt::format("the account of {} may not trade: {}", schedule.id, *said.account_barred), show(),
          std::nullopt);
  }

  // The next bar closes two widths after the newest one opened.
  void bars() {
    const auto width = market::Timeframe::parse(session->timeframe).duration();
    const Instant due = session->state.last_bar_at ? Instant(*session->state.last_bar_at + 2 * width)
                                                   : session->started_at + width;
    const auto now = state.clock.now();
    if (now - due <= std::clamp<std::chrono::seconds>(width / 10, kLateLeast, kLateMost)) return;
    add("bars_stale", HealthLevel::warning,
        fmt::format("the trader of {} waits for a bar that was due {} ago", schedule.id,
                    base::to_words(std::chrono::floor<std::chrono::seconds>(now - due))),
        show(), due);
  }

  // It cannot be asked to end, and whoever starts it again has lost nothing: its books are the broker's.
  void silent() {
    const auto pid = session->pid;  // which runs: it holds its lock
    add("trader_silent", HealthLevel::critical,
        fmt::format("the trader of {} (pid {}) does not answer; if it stays so, end it and start it again",
                    schedule.id, pid),
        fmt::format("kill -9 {}", pid), std::nullopt);
  }

  void present() {
    if (said.silent) silent();
    broker();
    if (!session->account.empty()) bars();
    if (said.probation_left > 0)
      add("model_on_trial", HealthLevel::notice,
          fmt::format("v{} is on trial for {} more decisions", session->model_version.value_or(0),
                      said.probation_left),
          show(), std::nullopt);
  }
};

}  // namespace

std::vector<HealthCondition> trader_conditions(const store::StateContext& state, const Schedule& schedule,
                                               const TraderHealth& trader) {
  TraderExam exam{.state = state,
                  .schedule = schedule,
                  .said = trader,
                  .session = store::live_sessions::newest_live(state.database, schedule.id)};
  exam.see_whether_it_runs();
  if (exam.session) exam.running ? exam.present() : exam.absent();
  exam.restricted();
  exam.unfinished_flatten();
  return std::move(exam.all);
}

}  // namespace ctt::upkeep
