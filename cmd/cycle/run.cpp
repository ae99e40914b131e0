#include "cmd/cycle/run.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/signals.h"
#include "cmd/datasets/open_source.h"
#include "cmd/db/prune.h"
#include "cmd/notify/alarm_watch.h"
#include "cmd/training/compute_setting.h"
#include "cmd/training/event_echo.h"
#include "cmd/training/launcher_setting.h"
#include "cycle/cycle.h"
#include "cycle/failure_reason.h"
#include "schedule/claim.h"
#include "store/schedules.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void CycleRun::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "which one; default: all that are due")->type_name("NAME");
  app.add_flag("--now", now, "do not wait for the slot");
  app.add_flag("--no-deploy", no_deploy, "publish, deploy nothing");
  app.add_option("--window-end", window_end, "take the window as if it were this moment")->type_name("TIME");
  app.add_option("--max-time", max_time, "stop a training that takes longer")->type_name("DUR");
}

namespace {

// A gate that asks for less than strict says so where it passes, and what strict would have said.
std::string words_of(const evaluation::GateVerdict& verdict, const evaluation::Evaluation& evaluation) {
  if (!verdict.passed()) return "keeps the parent: " + verdict.reason;
  if (verdict.gate == schedule::Gate::strict) return "strict passed";
  const auto strict = evaluation::judge(schedule::Gate::strict, evaluation);
  return fmt::format("{} passed, {}; strict would have {}", schedule::name(verdict.gate),
                     evaluation::asks(verdict.gate),
                     strict.passed() ? "passed too" : "kept the parent: " + strict.reason);
}

// Tells the terminal what cycles do: a bar while training, a line for everything else.
class TerminalObserver : public cycle::CycleObserver {
 public:
  TerminalObserver(Context& context, EventEcho& echo) : context_(context), echo_(echo) {}

  void fetch_failed(const store::Cycle& cycle, std::string_view why, std::chrono::milliseconds pause,
                    int attempt, int attempts) override {
    say(fmt::format("cycle {}: {}; asked again in {} ({} of {})", cycle.number, why,
                    base::to_words(std::chrono::ceil<std::chrono::seconds>(pause)), attempt, attempts));
  }

  void nothing_new(const store::Cycle& cycle, const store::Cycle& before) override {
    say(fmt::format("cycle {}: no bar is new since cycle {}; it learns from the same bars again, as asked",
                    cycle.number, before.number));
  }

  void window_taken(const store::Cycle& cycle, const market::Window& window,
                    const cycle::FetchReport& fetched, std::int64_t parent) override {
    say(fmt::format("cycle {}: window {} .. {} UTC, {} bars ({} new), {} holes, {} revised, parent v{}",
                    cycle.number, base::to_minute(window.first()), base::to_minute(window.last()),
                    grouped(static_cast<long long>(window.series.candles.size() - window.warm_up)),
                    grouped(static_cast<long long>(fetched.stored.inserted)),
                    window.defects.of(market::Defect::hole), fetched.stored.revised, parent));
    progress_ =
        std::make_unique<ProgressLine>(context_.terminal, fmt::format("cycle {}: train", cycle.number));
    progress_->update(0, 0, "starting");
    echo_.flush();
  }

  void iteration(const store::Cycle& cycle, const training::IterationMetrics& metrics) override {
    if (!progress_)  // of a training that is taken over
      progress_ =
          std::make_unique<ProgressLine>(context_.terminal, fmt::format("cycle {}: train", cycle.number));
    progress_->update(
        metrics.iteration, metrics.total_iterations,
        fmt::format("reward {:.3f}  {} steps/s  KL {:.3f}  rate {:.1e}", metrics.episode_return_mean,
                    grouped(static_cast<long long>(metrics.steps_per_s)), metrics.kl, metrics.lr),
        base::Signals::take_progress_request());
    echo_.flush();
  }

  void judged(const store::Cycle& cycle, const evaluation::Evaluation& evaluation,
              const evaluation::GateVerdict& verdict) override {
    progress_.reset();
    std::string line = fmt::format("cycle {}: gate {}", cycle.number, words_of(verdict, evaluation));
    if (evaluation.candidate && evaluation.parent) {
      line += fmt::format(
          "; on {} held-back bars {} (parent {}, hold {}) at {}", evaluation.candidate->report.bars,
          signed_pct(evaluation.candidate->report.pnl_pct), signed_pct(evaluation.parent->report.pnl_pct),
          signed_pct(evaluation.candidate->report.hold_pct), market::costs_words(evaluation.costs));
      if (const auto seen = evaluation.candidate->report.bars - evaluation.clean.bars; seen > 0)
        line += fmt::format("; {} of these bars had been learned from before", seen);
    }
    say(line);
  }

  void nudged(const store::Cycle& cycle, std::int64_t version, const cycle::NudgeReport& report) override {
    if (report.outcome == cycle::Nudge::confirmed) {
      say(fmt::format("cycle {}: v{} deployed to trader pid {} between two bars, confirmed", cycle.number,
                      version, report.trader_pid));
    } else {
      say(fmt::format("cycle {}: v{} is desired; {}", cycle.number, version, report.message));
    }
    echo_.flush();
  }

  void ended(const store::Cycle& cycle) override {
    progress_.reset();
    std::string line = fmt::format("cycle {}: {}", cycle.number, store::name(cycle.status));
    if (cycle.model_version)
      line += fmt::format(", v{} {}", *cycle.model_version, store::name(cycle.decision));
    if (cycle.decision_reason) line += ": " + *cycle.decision_reason;
    if (cycle.message) line += ": " + *cycle.message;
    say(line);
    echo_.flush();
  }

 private:
  void say(const std::string& line) {
    if (!context_.globals.quiet && !context_.json()) context_.out << line << std::endl;
  }

  Context& context_;
  EventEcho& echo_;
  std::unique_ptr<ProgressLine> progress_;
};

// Cron and timers are told nothing; somebody at a terminal has asked.
void say_what_is_next(Context& context) {
  std::optional<store::Schedule> next;
  for (const auto& row : store::schedules::list(context.database())) {
    if (row.next_cycle_at && (!next || *row.next_cycle_at < *next->next_cycle_at)) next = row;
  }
  if (context.json()) return;
  context.say(next ? fmt::format("No slot is due. Next: {} {}", next->id,
                                 context.terminal.moment_relative(*next->next_cycle_at, context.now()))
                   : "No slot is due, and no schedule is active: ctt schedule list");
}

int preview(Context& context, const CycleRun& command) {
  auto& database = context.readable_database();
  auto due = schedule::due_schedules(database, context.now());
  if (command.now) due = {store::schedules::get_or_only(database, command.schedule).id};
  if (due.empty()) return context.would("run nothing: no slot is due");
  return context.would(fmt::format("run one cycle of each of: {}", fmt::join(due, ", ")));
}

// A learner that is not there fails a cycle, which is told to whoever watches. What the settings ask of a processor that
// cannot do it is a matter of the command line.
void require_processor(const Context& context, const cycle::LaunchOptions& launch,
                       const training::Compute& compute) {
  if (context.settings.text("launcher.backend") == "local" && launch.command.empty())
    training::require_processor(compute.precision);
}

int status_of(const cycle::RunReport& report, const Context& context) {
  if (report.busy) {
    if (context.globals.quiet) return base::exit_status(Failure::busy);
    throw Error(Failure::busy, fmt::format("another training runs ({}); {} recorded as skipped", *report.busy,
                                           report.skipped.empty() ? "no slot was due to be" : "the slot is"))
        .fix("ctt experiments list --status running");
  }
  for (const auto& ended : report.cycles) {
    if (ended.status == store::CycleStatus::cancelled)
      return 128 + (base::Signals::stop_signal() != 0 ? base::Signals::stop_signal() : 15);
    if (ended.status != store::CycleStatus::failed) continue;
    throw Error(cycle::failure_of(ended.reason.value_or("")),
                fmt::format("cycle {} of {} failed: {}", ended.number, ended.schedule_id,
                            ended.message.value_or("for a reason it did not leave")))
        .fix(fmt::format("ctt cycle show {} --schedule {}", ended.number, ended.schedule_id));
  }
  return 0;
}

// A source may know bars of tomorrow; what learned from them says nothing of any market.
void require_past(const Context& context, const CycleRun& command) {
  if (!command.window_end) return;
  if (!command.now)
    throw Error(Failure::usage, "--window-end is for a cycle out of its turn: --now")
        .fix("ctt cycle run --help");
  if (base::parse_time(*command.window_end) > context.now())
    throw Error(Failure::usage, fmt::format("--window-end {} lies in the future", *command.window_end))
        .fix("ctt cycle run --now");
}

}  // namespace

int CycleRun::run(Context& context) const {
  require_past(context, *this);
  if (context.globals.dry_run) return preview(context, *this);
  auto& database = context.database();
  cycle::RunOptions options;
  if (schedule || now) options.schedule_id = store::schedules::get_or_only(database, schedule).id;
  options.now = now;
  options.deploy = !no_deploy;
  if (window_end) options.window_end = base::parse_time(*window_end);

  cycle::LaunchOptions launch;
  launch.command = cycle::learner_command(context.settings.text("learner.command"));
  launch.deadline =
      max_time ? base::parse_duration(*max_time) : context.settings.duration("learner.deadline");
  launch.stop_count = base::Signals::stop_count;
  launch.launcher = launcher_of(context);

  EventEcho echo(context);
  TerminalObserver observer(context, echo);
  cycle::CycleContext with{{database, context.home, context.clock}, observer};
  with.open_source = [&](const store::Dataset& dataset) { return open_source(context, dataset); };
  with.launch = launch;
  with.fetch_retries = static_cast<int>(context.settings.number("cycle.retry"));
  with.deploy_wait = context.settings.duration("timeout");
  with.compute = compute_of(context.settings);
  require_processor(context, launch, with.compute);
  with.tidy = [&](const cycle::TrainingLock& lock) {
    upkeep::tidy(with, lock, static_cast<std::size_t>(context.settings.number("models.keep")),
                 row_retention_of(context.settings));
  };
  const auto report = cycle::run(with, options);
  echo.flush();
  look_for_alarms(context);
  const bool nothing = report.cycles.empty() && report.skipped.empty() && !report.busy;
  if (nothing && (context.terminal.out_is_terminal() || context.globals.verbose > 0))
    say_what_is_next(context);
  return status_of(report, context);
}

}  // namespace ctt::cmd
