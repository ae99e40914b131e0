#include "cmd/replay/lineage.h"

#include "base/signals.h"
#include "cycle/resident_launcher.h"
#include "replay/lineage_batch.h"

namespace ctt::cmd {

void ReplayLineage::declare(CLI::App& app) {
  app.add_option("BATCH", batch, "folder of the replay's lineages")->required();
  app.add_option("INDEX", index, "which one, from 0")->required();
  app.group("");
}

int ReplayLineage::run(Context&) const {
  const auto read = replay::LineageBatch::read(batch);
  cycle::LaunchOptions launch;
  launch.command = cycle::learner_command(read.learner_command);
  launch.launcher = cycle::resident_launcher();
  launch.deadline = read.deadline;
  launch.stop_count = [] { return base::Signals::stop_count() > 0 ? 2 : 0; };
  cycle::require_learner(launch.command, read.settings.tuning.compute.engine);
  try {
    replay::run_batch_lineage(batch, index, read, launch);
    return 0;
  } catch (const replay::ReplayStopped&) {
    return 128 + base::Signals::stop_signal();
  }
}

}  // namespace ctt::cmd
