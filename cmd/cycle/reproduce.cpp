#include "cmd/cycle/reproduce.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/signals.h"
#include "base/version.h"
#include "cmd/shell/terminal.h"
#include "cmd/shell/validators.h"
#include "cycle/reproduce.h"
#include "store/schedules.h"

namespace ctt::cmd {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

void CycleReproduce::declare(CLI::App& app) {
  app.add_option("N", number, "the cycle's number")->required()->check(cycle_number());
  app.add_option("--schedule", schedule, "whose; may be left out when there is one")->type_name("NAME");
  app.add_option("--out", out, "keep the job folder there; it must not exist")->type_name("DIR");
}

namespace {

// A folder that goes when the comparison is done, unless the operator named one to keep.
class Workplace {
 public:
  Workplace(const base::Home& home, const store::Cycle& cycle, const std::optional<std::string>& kept)
      : folder_(kept ? fs::path(*kept)
                     : home.jobs() / fmt::format("reproduce-{}-{}", cycle.schedule_id, cycle.number)),
        keep_(kept.has_value()) {
    std::error_code missing;
    if (!keep_) fs::remove_all(folder_, missing);  // an earlier one that was killed
  }
  ~Workplace() {
    std::error_code ignored;
    if (!keep_) fs::remove_all(folder_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
  bool keep_;
};

cycle::Reproduction train_again(Context& context, const store::Cycle& cycle, const fs::path& folder) {
  const auto lock = cycle::TrainingLock::try_acquire(context.home, "ctt cycle reproduce");
  if (!lock) {
    throw Error(Failure::busy,
                fmt::format("another training runs: {}", cycle::TrainingLock::holder(context.home)))
        .fix("ctt experiments list --status running");
  }
  ProgressLine progress(context.terminal, fmt::format("cycle {}: train again", cycle.number));
  cycle::LaunchOptions options;
  options.command = cycle::learner_command(context.settings.text("learner.command"));
  options.deadline = context.settings.duration("learner.deadline");
  options.stop_count = base::Signals::stop_count;
  options.on_iteration = [&](const training::IterationMetrics& metrics) {
    progress.update(metrics.iteration, metrics.total_iterations, "");
  };
  auto made =
      cycle::reproduce({context.database(), context.home, context.clock}, *lock, cycle, folder, options);
  progress.finish();
  return made;
}

void print_json(Context& context, const store::Cycle& cycle, const cycle::Reproduction& made) {
  auto json = document("cycle.reproduce")
                  .field("schedule_id", cycle.schedule_id)
                  .field("cycle_number", cycle.number)
                  .field("experiment_id", made.experiment_id)
                  .field("same", made.same())
                  .field("sha256", made.wanted_sha256)
                  .field("made_sha256", made.made_sha256)
                  .field("made_by", made.made_by)
                  .field("ctt_version", base::version())
                  .end();
  context.print_json(json);
}

}  // namespace

int CycleReproduce::run(Context& context) const {
  auto& database = context.database();
  const auto id = store::schedules::get_or_only(database, schedule).id;
  const auto cycle = store::cycles::get(database, id, number);
  if (context.globals.dry_run)
    return context.would(fmt::format("train cycle {} of {} again and compare the hash", number, id));
  const Workplace workplace(context.home, cycle, out);
  std::optional<cycle::Reproduction> result;
  try {
    result = train_again(context, cycle, workplace.folder());
  } catch (const Error&) {
    if (base::Signals::stop_count() == 0) throw;
    return 128 + base::Signals::stop_signal();
  }
  const auto& made = *result;
  const int status = made.same() ? 0 : base::exit_status(Failure::findings);
  if (context.json()) {
    print_json(context, cycle, made);
    return status;
  }
  if (made.same()) {
    context.say(fmt::format("Cycle {} of {} makes the same bytes again: {}", number, id, made.made_sha256));
    return status;
  }
  throw Error(Failure::findings,
              fmt::format("cycle {} of {} makes other bytes now: {}, not {}", number, id,
                          made.made_sha256.substr(0, 12), made.wanted_sha256.substr(0, 12)))
      .why(made.made_by == base::version() || made.made_by.empty()
               ? "the same version made it; another machine or LibTorch rounds otherwise, or the parent's "
                 "optimiser file is gone"
               : fmt::format("ctt {} made it, this is {}", made.made_by, base::version()))
      .fix(fmt::format("ctt cycle reproduce {} --schedule {} --out reproduced", number, id));
}

}  // namespace ctt::cmd
