#include "cmd/experiments/cancel.h"

#include <fmt/format.h>

#include "cycle/experiment.h"
#include "schedule/liveness.h"
#include "store/experiments.h"

namespace ctt::cmd {

using store::Experiment;

void ExperimentsCancel::declare(CLI::App& app) {
  app.add_option("EXP", experiment, "its name or id")->required();
}

namespace {

int answer(Context& context, const Experiment& found, bool asked) {
  if (context.json()) {
    context.print_json(document("experiments.cancel")
                           .field("experiment_id", found.id)
                           .field("status", store::name(found.status))
                           .field("asked", asked)
                           .field("pid", found.pid)
                           .end());
  } else if (asked) {
    context.say(fmt::format("Experiment {} (pid {}) was asked to stop: it finishes its iteration and saves.",
                            found.name, found.pid));
  } else {
    context.say(fmt::format("Experiment {} has ended already: {}.", found.name, store::name(found.status)));
  }
  return 0;
}

}  // namespace

int ExperimentsCancel::run(Context& context) const {
  const auto found = store::experiments::get(context.readable_database(), experiment);
  if (found.status != store::ExperimentStatus::running) return answer(context, found, false);
  if (context.globals.dry_run && schedule::is_alive(context.home, found))
    return context.would(fmt::format("ask experiment {} (pid {}) to stop", found.name, found.pid));
  cycle::ask_to_stop(context.home, found);
  return answer(context, found, true);
}

}  // namespace ctt::cmd
